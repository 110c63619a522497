/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/sim/store.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/act/state.h"
#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/base/hash.h"
#include "lib/base/output.h"
#include "lib/base/trust.h"
#include "providers/sim/value.h"

enum { STATE_LIMIT = 64 * 1024 * 1024, LOCK_POLL = 5 };

/* In the account's own state folder, if the folder of the farm is not writable. */
static const char *private_path(struct farm *farm, struct error *error)
{
	struct state_dir dir;
	char resolved[PATH_MAX];
	const char *slash, *path;

	if (realpath(farm->path, resolved) == NULL) {
		error_errno(error, errno, STEP_OPEN, "%s", farm->path);
		return NULL;
	}
	if (state_dir_open(&dir, NULL, error) < 0)
		return NULL;
	slash = strrchr(resolved, '/');
	path = arena_printf(&farm->arena, "%s/%s.%016llx.state", dir.path, slash + 1,
	                    (unsigned long long)hash_text(HASH_START, resolved));
	state_dir_close(&dir);
	return path;
}

/* The path of the state file; searched once per farm.  NULL: none. */
static const char *state_path(struct farm *farm, const char *wanted, struct error *error)
{
	const char *slash = strrchr(farm->path, '/'), *beside, *folder;

	if (wanted != NULL && *wanted != '\0')
		return wanted;
	if (farm->state != NULL)
		return farm->state;
	beside = arena_printf(&farm->arena, "%s.state", farm->path);
	folder = slash == NULL ? "." : arena_printf(&farm->arena, "%.*s/", (int)(slash - farm->path), farm->path);
	if (faccessat(AT_FDCWD, beside, F_OK, AT_EACCESS) == 0 || faccessat(AT_FDCWD, folder, W_OK, AT_EACCESS) == 0)
		farm->state = beside;
	else
		farm->state = private_path(farm, error);
	return farm->state;
}

static int damaged(const char *path, struct error *error)
{
	error_set(error, ERROR_CONFIG, STEP_OPEN, "%s: not a state file of a farm", path);
	return error_hint(error, "remove it: the farm starts anew");
}

static int record_from_json(struct store *store, const json_t *json)
{
	const char *host = json_string_value(json_object_get(json, "host"));
	const char *id = json_string_value(json_object_get(json, "id"));
	const char *cause = json_string_value(json_object_get(json, "cause"));
	const char *source = json_string_value(json_object_get(json, "event"));
	const char *when = json_string_value(json_object_get(json, "at"));
	struct event event = {.trigger = TRIGGER_TIME};

	if (host == NULL || id == NULL || cause == NULL || source == NULL || when == NULL ||
	    event_parse(source, &event, &store->arena) < 0 || time_parse(when, &event.at) < 0)
		return -1;
	event.at -= store->start;
	if (strcmp(cause, "pin") == 0)
		event.trigger = TRIGGER_PIN;
	else if (strcmp(cause, "act") == 0)
		event.trigger = TRIGGER_ACT;
	store_record(store, arena_strdup(&store->arena, host), arena_strdup(&store->arena, id), &event);
	return 0;
}

/* 0: read; 1: it belongs to a farm file that has changed since; -1: damaged. */
static int store_from_json(struct store *store, const struct farm *farm, const json_t *json)
{
	const char *stamp = json_string_value(json_object_get(json, "farm"));
	const char *start = json_string_value(json_object_get(json, "start"));
	const json_t *records = json_object_get(json, "records"), *record;
	size_t i;

	if (stamp == NULL || start == NULL || !json_is_array(records) || time_parse(start, &store->start) < 0)
		return -1;
	if (strcmp(stamp, farm->stamp) != 0)
		return 1;
	json_array_foreach (records, i, record) {
		if (record_from_json(store, record) < 0)
			return -1;
	}
	return 0;
}

/* Read at once, because json_loadfd() reads byte by byte.  The file is never changed in place. */
static json_t *read_json(int fd, size_t size)
{
	char *text = must_alloc(size + 1);
	size_t length = 0;
	json_t *json;

	while (length < size) {
		ssize_t got = read(fd, text + length, size - length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		length += (size_t)got;
	}
	json = length == size ? json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL) : NULL;
	free(text);
	return json;
}

/* 0: read; 1: there is no valid one. */
static int store_read(struct store *store, const struct farm *farm, const char *path, struct error *error)
{
	struct error why = {0};
	struct stat status;
	json_t *json;
	int fd, result;

	if (faccessat(AT_FDCWD, path, F_OK, AT_EACCESS) < 0 && errno == ENOENT)
		return 1;
	if ((fd = trusted_open(path, false, &why)) < 0) {
		if (why.native == ENOENT)
			return 1;
		*error = why;
		return -1;
	}
	if (fstat(fd, &status) < 0 || status.st_size > STATE_LIMIT) {
		close(fd);
		return damaged(path, error);
	}
	json = read_json(fd, (size_t)status.st_size);
	close(fd);
	result = json != NULL ? store_from_json(store, farm, json) : -1;
	json_decref(json);
	return result < 0 ? damaged(path, error) : result;
}

/* Without a state file the start is the farm's key "start". */
static void start_default(struct store *store, const struct farm *farm)
{
	store->count = 0;
	store->kept = farm->start != START_FIRST;
	store->start = store->kept ? farm->start_at : clock_now();
}

/* The first look at a farm whose start must be kept: writes the state file, unless another process was faster. */
static void start_keep(struct store *store, struct farm *farm, const char *wanted)
{
	struct deadline deadline = deadline_in(1000);
	struct error error = {0};
	int lock = store_lock(store, farm, wanted, &deadline, &error);

	if (lock < 0)
		return;
	if (!store->kept && store_save(store, farm, wanted, &error) == 0)
		store->kept = true;
	store_unlock(lock);
}

static int load(struct store *store, struct farm *farm, const char *wanted, struct error *error)
{
	struct error no_folder = {0}; /* an error only for a caller that wants to write: store_save() */
	const char *path = state_path(farm, wanted, &no_folder);
	int found;

	memset(store, 0, sizeof *store);
	if ((found = path != NULL ? store_read(store, farm, path, error) : 1) < 0)
		return -1;
	if (found == 0)
		store->kept = true;
	else
		start_default(store, farm);
	return 0;
}

int store_load(struct store *store, struct farm *farm, const char *wanted, struct error *error)
{
	if (load(store, farm, wanted, error) < 0)
		return -1;
	if (!store->kept)
		start_keep(store, farm, wanted);
	return 0;
}

void store_free(struct store *store)
{
	arena_free(&store->arena);
	memset(store, 0, sizeof *store);
}

/* The farm file itself is locked: it always exists, and needs no cleaning up. */
int store_lock(struct store *store, struct farm *farm, const char *wanted, const struct deadline *deadline,
               struct error *error)
{
	const struct timespec pause = {0, LOCK_POLL * 1000000L};
	int lock = trusted_open(farm->path, false, error);

	if (lock < 0)
		return -1;
	while (flock(lock, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR) {
			error_errno(error, errno, STEP_OPEN, "lock of %s", farm->path);
			close(lock);
			return -1;
		}
		if (deadline_passed(deadline)) {
			error_set(error, ERROR_TIMEOUT, STEP_OPEN, "%s is locked by another program", farm->path);
			close(lock);
			return -1;
		}
		nanosleep(&pause, NULL);
	}
	store_free(store);
	if (load(store, farm, wanted, error) < 0) {
		close(lock);
		return -1;
	}
	return lock;
}

void store_unlock(int lock)
{
	close(lock);
}

void store_record(struct store *store, const char *host, const char *id, const struct event *event)
{
	size_t place = store->count;

	store->records =
	    arena_grow(&store->arena, store->records, store->count, &store->allocated, sizeof *store->records);
	for (; place > 0 && store->records[place - 1].event.at > event->at; place--)
		store->records[place] = store->records[place - 1];
	store->records[place] = (struct record){host, id, *event};
	store->count++;
}

static json_t *store_to_json(const struct store *store, const struct farm *farm)
{
	static const char *const causes[] = {[TRIGGER_TIME] = "time", [TRIGGER_PIN] = "pin", [TRIGGER_ACT] = "act"};
	json_t *records = json_array();
	char when[TIME_TEXT_SIZE];

	for (size_t i = 0; i < store->count; i++) {
		const struct record *record = &store->records[i];

		time_format(when, sizeof when, store->start + record->event.at);
		json_array_append_new(records,
		                      json_pack("{ss ss ss ss ss}", "host", record->host, "id", record->id, "at", when,
		                                "cause", causes[record->event.trigger], "event", record->event.source));
	}
	time_format(when, sizeof when, store->start);
	return json_pack("{ss ss so}", "farm", farm->stamp, "start", when, "records", records);
}

/* Writes all of it or fails: json_dumpfd() ignores a failed write. */
static int write_json(int fd, const json_t *json)
{
	char *text = json_dumps(json, JSON_INDENT(1));
	int failed = text == NULL || fchmod(fd, 0644) < 0 || write_whole(fd, text, strlen(text)) < 0;

	free(text);
	return close(fd) < 0 || failed ? -1 : 0;
}

int store_save(struct store *store, struct farm *farm, const char *wanted, struct error *error)
{
	const char *path = state_path(farm, wanted, error);
	char *fresh;
	json_t *json;
	int fd, result = 0;

	if (path == NULL)
		return -1;
	fresh = arena_printf(&farm->arena, "%s.XXXXXX", path);
	if ((fd = mkostemp(fresh, O_CLOEXEC)) < 0)
		return error_errno(error, errno, STEP_ACT, "the farm's state cannot be kept in %s", path);
	json = store_to_json(store, farm);
	if (write_json(fd, json) < 0 || rename(fresh, path) < 0) {
		result = error_errno(error, errno, STEP_ACT, "the farm's state cannot be kept in %s", path);
		unlink(fresh);
	}
	json_decref(json);
	return result;
}
