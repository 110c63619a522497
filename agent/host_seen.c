/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/host_seen.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "agent/rows.h"
#include "lib/act/state.h"
#include "lib/base/error.h"
#include "lib/session/session.h"

enum { PARTS = 24, KEY_SIZE = 16 }; /* of the time that an empty host stays */

static const char file_name[] = "agent-seen", new_name[] = "agent-seen.new";

static void key_write(char key[KEY_SIZE], uint32_t index)
{
	snprintf(key, KEY_SIZE, "%u", index);
}

void host_seen_load(struct host_seen *seen, const struct state_dir *dir)
{
	struct error ignored = {0};
	int fd = state_file_open_existing(dir, file_name, O_RDONLY, &ignored);

	*seen = (struct host_seen){0};
	if (fd < 0)
		return;
	seen->times = json_loadfd(fd, JSON_REJECT_DUPLICATES, NULL);
	close(fd);
}

bool host_seen_at(const struct host_seen *seen, uint32_t index, int64_t *when)
{
	char key[KEY_SIZE];
	const json_t *time;

	key_write(key, index);
	time = json_object_get(seen->times, key);
	*when = json_integer_value(time);
	return json_is_integer(time);
}

/* The times of the rows; *news: one of them is another by so much. */
static json_t *times_of(const struct host_seen *before, const struct rows *rows, int64_t much, bool *news)
{
	json_t *times = json_object();
	char key[KEY_SIZE];
	int64_t when;

	*news = false;
	for (size_t i = 0; i < rows->host_count; i++) {
		const struct moment *seen = &rows->hosts[i].last_seen;
		uint32_t index = rows->host_keys[i].part[0];

		if (seen->is != MOMENT_KNOWN)
			continue;
		key_write(key, index);
		json_object_set_new_nocheck(times, key, json_integer(seen->at));
		if (!host_seen_at(before, index, &when) || seen->at - when > much || seen->at < when)
			*news = true;
	}
	if (json_object_size(times) != json_object_size(before->times))
		*news = true;
	return times;
}

static int times_write(const json_t *times, const struct state_dir *dir, struct error *error)
{
	int fd = state_file_open(dir, new_name, O_WRONLY | O_TRUNC, error), result;

	if (fd < 0)
		return -1;
	result = json_dumpfd(times, fd, JSON_COMPACT) < 0 || fsync(fd) < 0 ? -1 : 0;
	if (close(fd) < 0 || result < 0 || renameat(dir->fd, new_name, dir->fd, file_name) < 0)
		return error_errno(error, errno, STEP_NONE, "cannot write %s/%s", dir->path, file_name);
	return 0;
}

int host_seen_save(const struct host_seen *before, const struct state_dir *dir, const struct rows *rows, int64_t keep,
                   struct error *error)
{
	bool news;
	json_t *times = times_of(before, rows, keep / PARTS, &news);
	int result = news ? times_write(times, dir, error) : 0;

	json_decref(times);
	return result;
}
