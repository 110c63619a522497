/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/host_index.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/text.h"

static const char file_name[] = "agent-hosts";

static struct host_entry *entry_add(struct host_index *index, uint32_t number, const char *url, const char *host)
{
	struct host_entry *entry;

	if (index->count == index->allocated) {
		index->allocated = index->allocated > 0 ? index->allocated * 2 : 64;
		index->entries = must_realloc(index->entries, index->allocated * sizeof *index->entries);
	}
	entry = &index->entries[index->count++];
	entry->index = number;
	entry->url = arena_strdup(&index->arena, url);
	entry->host = arena_strdup(&index->arena, host);
	if (number > index->highest)
		index->highest = number;
	return entry;
}

static struct host_entry *entry_find(struct host_index *index, uint32_t number)
{
	for (size_t i = 0; number <= index->highest && i < index->count; i++) {
		if (index->entries[i].index == number)
			return &index->entries[i];
	}
	return NULL;
}

static void line_read(struct host_index *index, const char *line)
{
	json_t *json = json_loads(line, 0, NULL);
	json_int_t number = json_integer_value(json_object_get(json, "index"));
	const char *url = json_string_value(json_object_get(json, "url"));
	const char *host = json_string_value(json_object_get(json, "host"));
	struct host_entry *entry;

	if (number >= 1 && number <= INT32_MAX && url != NULL && host != NULL) {
		entry = entry_find(index, (uint32_t)number);
		if (entry == NULL) {
			entry_add(index, (uint32_t)number, url, host);
		} else {
			entry->url = arena_strdup(&index->arena, url);
			entry->host = arena_strdup(&index->arena, host);
		}
	}
	json_decref(json);
}

int host_index_load(struct host_index *index, const struct state_dir *dir, struct error *error)
{
	int fd = state_file_open(dir, file_name, O_RDONLY, error);
	char *line = NULL;
	size_t size = 0;
	ssize_t length;
	FILE *file;

	memset(index, 0, sizeof *index);
	if (fd < 0)
		return -1;
	file = fdopen(fd, "r");
	if (file == NULL) {
		close(fd);
		return error_errno(error, errno, STEP_NONE, "%s/%s", dir->path, file_name);
	}
	while ((length = getline(&line, &size, file)) > 0) {
		line_read(index, line);
		/* A line that was cut by a crash must not swallow the next one. */
		if (line[length - 1] != '\n')
			buffer_puts(&index->pending, "\n");
	}
	free(line);
	if (!feof(file)) { /* getline() sets no error when it has no memory */
		error_errno(error, errno, STEP_NONE, "cannot read %s/%s", dir->path, file_name);
		fclose(file);
		return -1;
	}
	fclose(file);
	return 0;
}

static void line_write(struct host_index *index, const struct host_entry *entry)
{
	json_t *json = json_object();
	char *line;

	json_object_set_new_nocheck(json, "index", json_integer(entry->index));
	json_object_set_new_nocheck(json, "url", json_string(entry->url));
	json_object_set_new_nocheck(json, "host", json_string(entry->host));
	line = json_dumps(json, JSON_COMPACT | JSON_PRESERVE_ORDER);
	buffer_puts(&index->pending, line);
	buffer_puts(&index->pending, "\n");
	free(line);
	json_decref(json);
}

uint32_t host_index_get(struct host_index *index, const char *url, const char *host)
{
	struct host_entry *placeholder = NULL, *entry;

	for (size_t i = 0; i < index->count; i++) {
		size_t at = (index->guess + i) % index->count;

		entry = &index->entries[at];
		if (strcmp(entry->url, url) != 0)
			continue;
		if (text_same(entry->host, host)) {
			index->guess = at + 1;
			return entry->index;
		}
		if (entry->host[0] == '\0')
			placeholder = entry;
	}
	if (placeholder != NULL) {
		placeholder->host = arena_strdup(&index->arena, host);
		entry = placeholder;
	} else {
		entry = entry_add(index, index->highest + 1, url, host);
	}
	line_write(index, entry);
	return entry->index;
}

const struct host_entry *host_index_next(const struct host_index *index, const char *url, size_t *position)
{
	while (*position < index->count) {
		const struct host_entry *entry = &index->entries[(*position)++];

		if (strcmp(entry->url, url) == 0)
			return entry;
	}
	return NULL;
}

int host_index_save(struct host_index *index, const struct state_dir *dir, struct error *error)
{
	size_t done = 0;
	int fd;

	if (index->pending.length == 0)
		return 0;
	fd = state_file_open(dir, file_name, O_WRONLY | O_APPEND, error);
	if (fd < 0)
		return -1;
	while (done < index->pending.length) {
		ssize_t wrote = write(fd, index->pending.text + done, index->pending.length - done);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			break;
		done += (size_t)wrote;
	}
	if (done < index->pending.length || fdatasync(fd) < 0) {
		error_errno(error, errno, STEP_NONE, "cannot write %s/%s", dir->path, file_name);
		close(fd);
		return -1;
	}
	close(fd);
	buffer_free(&index->pending);
	return 0;
}

void host_index_free(struct host_index *index)
{
	free(index->entries);
	arena_free(&index->arena);
	buffer_free(&index->pending);
	memset(index, 0, sizeof *index);
}
