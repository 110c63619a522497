/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the audit's lines about the sessions that were asked for.  The result of a run closes its intent. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/act/audit.h"
#include "lib/act/state.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/name_index.h"
#include "lib/base/text.h"
#include "lib/enforce/enforce_explain.h"
#include "lib/session/session.h"

struct intent {
	int64_t at;
	bool closed;
	struct session session;
	const char *action, *because;
};

/* Acts that were begun, by run, act and session. */
struct intents {
	struct name_index index;
	struct intent *items;
	size_t allocated;
};

/* "" if it has none. */
static const char *text_of(struct arena *arena, const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text != NULL ? arena_strdup(arena, text) : "";
}

static void session_take(struct session *session, const json_t *json, struct arena *arena)
{
	session_init(session);
	session->provider = text_of(arena, json, "provider");
	session->host = text_of(arena, json, "host");
	session->id = text_of(arena, json, "id");
	session->user = text_of(arena, json, "user");
	session->birth = text_of(arena, json, "birth");
	session->domain = text_of(arena, json, "domain");
	session->upn = text_of(arena, json, "upn");
}

static struct intent *intent_of(struct explaining *explaining, struct intents *intents, const json_t *line,
                                const struct session *session)
{
	struct arena *arena = &explaining->arena;
	const char *key =
	    arena_printf(arena, "%s\n%s\n%s\n%s\n%s\n%s", text_of(arena, line, "run"), text_of(arena, line, "action"),
	                 session->host, session->id, session->user, session->birth);
	size_t number = name_index_add(&intents->index, key);

	intents->items = arena_grow(arena, intents->items, number, &intents->allocated, sizeof *intents->items);
	return &intents->items[number];
}

static void take_event(struct explaining *explaining, struct intents *intents, const json_t *line, int64_t at,
                       const struct session *session)
{
	struct arena *arena = &explaining->arena;
	const char *event = text_of(arena, line, "event"), *action = text_of(arena, line, "action");
	const char *reason = text_of(arena, line, "reason"), *because = text_of(arena, line, "because");
	struct intent *intent;

	if (strcmp(event, "intent") == 0) {
		intent = intent_of(explaining, intents, line, session);
		*intent = (struct intent){.at = at, .session = *session, .action = action, .because = because};
	} else if (strcmp(event, "result") == 0) {
		const char *why = reason[0] == '\0' || because[0] == '\0'
		                      ? arena_printf(arena, "%s%s", because, reason)
		                      : arena_printf(arena, "%s; %s", because, reason);

		intent_of(explaining, intents, line, session)->closed = true;
		explain_event(explaining, explain_session(explaining, session), at,
		              arena_printf(arena, "%s: %s", action, text_of(arena, line, "outcome")), why);
	} else if (strcmp(event, "refused") == 0) {
		explain_event(explaining, explain_session(explaining, session), at,
		              arena_printf(arena, "%s: refused", action), reason);
	}
}

static void take_line(struct explaining *explaining, struct intents *intents, const char *bytes, size_t length)
{
	json_t *line = json_loadb(bytes, length, 0, NULL);
	const json_t *json = json_object_get(line, "session");
	const char *time = json_string_value(json_object_get(line, "time"));
	struct session session;
	int64_t at;

	if (line == NULL || time == NULL || time_parse(time, &at) < 0) {
		explaining->unreadable++;
	} else if (json != NULL && at >= explaining->since) {
		session_take(&session, json, &explaining->arena);
		if (explain_wanted(explaining, &session))
			take_event(explaining, intents, line, at, &session);
	}
	json_decref(line);
}

static int file_read(struct explaining *explaining, struct intents *intents, const struct state_dir *state,
                     const char *name, struct error *error)
{
	int fd = state_file_open_existing(state, name, O_RDONLY, error);
	FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;
	char *line = NULL;
	size_t size = 0;
	ssize_t length;
	int result = 0;

	if (fd == STATE_FILE_MISSING)
		return 0;
	if (fd < 0)
		return -1;
	if (file == NULL) {
		close(fd);
		return error_errno(error, ENOMEM, STEP_NONE, "%s/%s", state->path, name);
	}
	while ((length = getline(&line, &size, file)) > 0)
		if (line[0] != '\n')
			take_line(explaining, intents, line, (size_t)length);
	if (!feof(file)) /* getline() sets no error when it has no memory */
		result = error_errno(error, errno, STEP_NONE, "%s/%s", state->path, name);
	free(line);
	fclose(file);
	return result;
}

/* A file of the audit that may have lines of the requested time. */
struct part {
	char name[NAME_MAX + 1];
	int64_t changed;
};

struct parts {
	struct part *items;
	size_t count, allocated;
};

static bool ends_in(const char *name, const char *end)
{
	size_t length = strlen(name), tail = strlen(end);

	return length > tail && strcmp(name + length - tail, end) == 0;
}

static bool is_compressed(const char *name)
{
	static const char *const ends[] = {".gz", ".xz", ".bz2", ".zst", ".lz4"};

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (ends_in(name, ends[i]))
			return true;
	return false;
}

/* Leaves out files that were last written before that time, and names compressed ones. */
static void part_add(struct explaining *explaining, struct parts *parts, int folder, const char *name)
{
	struct stat status;
	struct part *part;

	if (strncmp(name, AUDIT_FILE ".", strlen(AUDIT_FILE ".")) != 0 ||
	    fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(status.st_mode) ||
	    (int64_t)status.st_mtime * 1000 + 999 < explaining->since)
		return;
	if (is_compressed(name)) {
		string_list_add(&explaining->notes, &explaining->arena,
		                arena_printf(&explaining->arena,
		                             "%s is compressed and was not read: gunzip it beside the others", name));
		return;
	}
	parts->items =
	    arena_grow(&explaining->arena, parts->items, parts->count, &parts->allocated, sizeof *parts->items);
	part = &parts->items[parts->count++];
	snprintf(part->name, sizeof part->name, "%s", name);
	part->changed = (int64_t)status.st_mtim.tv_sec * 1000 + status.st_mtim.tv_nsec / 1000000;
}

static int oldest_first(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	return x->changed != y->changed ? (x->changed > y->changed) - (x->changed < y->changed)
	                                : strcmp(y->name, x->name);
}

/* Reads the rotated files that may have lines of this time. */
static int parts_find(struct explaining *explaining, const struct state_dir *state, struct parts *parts,
                      struct error *error)
{
	int fd = openat(state->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;

	if (folder == NULL) {
		if (fd >= 0)
			close(fd);
		return error_errno(error, errno, STEP_NONE, "cannot list %s", state->path);
	}
	while ((entry = readdir(folder)) != NULL)
		part_add(explaining, parts, fd, entry->d_name);
	closedir(folder);
	if (parts->count > 0)
		qsort(parts->items, parts->count, sizeof *parts->items, oldest_first);
	return 0;
}

int explain_audit(struct explaining *explaining, const struct state_dir *state, struct error *error)
{
	struct intents intents = {.index.arena = &explaining->arena};
	struct parts parts = {0};

	if (parts_find(explaining, state, &parts, error) < 0)
		return -1;
	for (size_t i = 0; i < parts.count; i++)
		if (file_read(explaining, &intents, state, parts.items[i].name, error) < 0)
			return -1;
	if (file_read(explaining, &intents, state, AUDIT_FILE, error) < 0)
		return -1;
	for (size_t i = 0; i < intents.index.count; i++) {
		const struct intent *intent = &intents.items[i];

		if (!intent->closed && intent->action != NULL)
			explain_event(explaining, explain_session(explaining, &intent->session), intent->at,
			              arena_printf(&explaining->arena,
			                           "%s: begun, and no result: the run was ended, or is "
			                           "still at it",
			                           intent->action),
			              intent->because);
	}
	return 0;
}
