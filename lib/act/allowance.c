/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/act/allowance.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/act/recent.h"
#include "lib/act/state.h"
#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/hash.h"
#include "lib/base/name_index.h"
#include "lib/base/output.h"
#include "lib/base/text.h"

#define LOCK_FILE ALLOWANCE_FILE ".lock"
#define NEW_FILE  ALLOWANCE_FILE ".new"

/* 10,000 hosts in one hour are 2 MB, and a day is kept. */
enum { LARGEST_FILE = 64 * 1024 * 1024 };
/* The line behind the record: "fnv1a " and sixteen hexadecimal digits. */
enum { SUM_LENGTH = 6 + 16 + 1 };

/* The checksum only detects a torn file: nobody but this account can write to the folder. */
static void sum_line(char line[SUM_LENGTH + 1], const char *bytes, size_t length)
{
	snprintf(line, SUM_LENGTH + 1, "fnv1a %016llx\n", (unsigned long long)hash_bytes(HASH_START, bytes, length));
}

int allowance_lock(struct allowance *allowance, const struct state_dir *dir, const struct deadline *deadline,
                   struct error *error)
{
	const struct timespec pause = {.tv_nsec = 5 * 1000000};

	allowance->dir = dir;
	allowance->lock = state_file_open(dir, LOCK_FILE, O_RDWR, error);
	if (allowance->lock < 0)
		return -1;
	while (flock(allowance->lock, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			error_errno(error, errno, STEP_NONE, "cannot lock %s/" LOCK_FILE, dir->path);
		else if (deadline_passed(deadline))
			error_set(error, ERROR_TIMEOUT, STEP_NONE, "another run holds the lock of %s/" LOCK_FILE,
			          dir->path);
		else if (nanosleep(&pause, NULL) == 0 || errno == EINTR)
			continue;
		allowance_unlock(allowance);
		return -1;
	}
	return 0;
}

void allowance_unlock(struct allowance *allowance)
{
	if (allowance->lock >= 0)
		close(allowance->lock);
	allowance->lock = -1;
}

static bool number_of(const json_t *object, const char *key, uint64_t *number)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return false;
	*number = (uint64_t)json_integer_value(value);
	return true;
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static int entry_parse(const json_t *json, int64_t since, struct recent *recent)
{
	const char *run = text_of(json, "run"), *host = text_of(json, "host"), *target = text_of(json, "target");
	const char *until = text_of(json, "until");
	const json_t *ended = json_object_get(json, "ended");
	struct recent_entry read = {0}, *entry;

	if (run == NULL || host == NULL || target == NULL || until == NULL || !json_is_boolean(ended) ||
	    time_parse(until, &read.until) < 0 || !number_of(json, "planned", &read.planned) ||
	    !number_of(json, "intended", &read.intended) || !number_of(json, "logoffs", &read.logoffs))
		return -1;
	if (read.until < since)
		return 0;
	entry = recent_add(recent, recent_run_add(recent, run), host, target);
	entry->planned = read.planned;
	entry->intended = read.intended;
	entry->logoffs = read.logoffs;
	entry->until = read.until;
	recent->runs[entry->run].ended = json_is_true(ended);
	return 0;
}

int allowance_parse(const char *bytes, size_t length, int64_t since, struct recent *recent)
{
	const json_t *acts, *entry;
	char sum[SUM_LENGTH + 1];
	json_t *record;
	size_t i;
	int result = 0;

	if (length < SUM_LENGTH)
		return -1;
	sum_line(sum, bytes, length - SUM_LENGTH);
	if (memcmp(sum, bytes + length - SUM_LENGTH, SUM_LENGTH) != 0)
		return -1;
	record = json_loadb(bytes, length - SUM_LENGTH, JSON_REJECT_DUPLICATES, NULL);
	acts = json_object_get(record, "acts");
	if (!json_is_array(acts) || json_integer_value(json_object_get(record, "version")) != 1)
		result = -1;
	json_array_foreach (acts, i, entry)
		if (result == 0)
			result = entry_parse(entry, since, recent);
	json_decref(record);
	return result;
}

static int damaged(const struct allowance *allowance, struct error *error)
{
	const char *path = allowance->dir->path;

	error_set(error, ERROR_SYSTEM, STEP_NONE,
	          "%.160s/" ALLOWANCE_FILE " is damaged, so the acts of the last hour are not known", path);
	return error_hint(
	    error, "see in audit.jsonl beside it what was done, and remove the damaged file; the audit then counts "
	           "alone, if it reaches back an hour");
}

/* "acts until TIME", or nothing.  Up to that time a missing record is an error, because it would have counted acts. */
#define WITNESS "acts until "

static int witness_write(const struct allowance *allowance, const struct recent *recent, struct error *error)
{
	char line[sizeof WITNESS + TIME_TEXT_SIZE + 1] = "", until[TIME_TEXT_SIZE];
	int64_t latest = INT64_MIN;
	int length = 0;

	for (size_t i = 0; i < recent->keys.count; i++)
		if (recent->entries[i].planned + recent->entries[i].intended > 0 && recent->entries[i].until > latest)
			latest = recent->entries[i].until;
	if (latest != INT64_MIN) {
		time_format(until, sizeof until, latest);
		length = snprintf(line, sizeof line, WITNESS "%s\n", until);
	}
	errno = EIO; /* for a short write */
	if (ftruncate(allowance->lock, 0) < 0 || pwrite(allowance->lock, line, (size_t)length, 0) != length)
		return error_errno(error, errno, STEP_NONE, "cannot write %s/" LOCK_FILE, allowance->dir->path);
	return 0;
}

/* The record is missing.  True if there was one with acts since then, and if the witness cannot be read. */
static int witness_ask(const struct allowance *allowance, int64_t since, struct error *error)
{
	const size_t begin = strlen(WITNESS);
	char line[sizeof WITNESS + TIME_TEXT_SIZE + 1];
	ssize_t length = pread(allowance->lock, line, sizeof line, 0);
	int64_t until;

	if (length == 0)
		return 0;
	if (length > (ssize_t)begin && line[length - 1] == '\n' && memcmp(line, WITNESS, begin) == 0) {
		line[length - 1] = '\0';
		if (time_parse(line + begin, &until) == 0 && until < since)
			return 0;
	}
	error_set(error, ERROR_SYSTEM, STEP_NONE,
	          "%.160s/" ALLOWANCE_FILE " was removed, and it had acts of the last hour, or of this night",
	          allowance->dir->path);
	error_hint(error, "put it back, or wait for an hour, and with a limit per night until noon; to begin anew at "
	                  "once, remove " LOCK_FILE " beside it, too");
	return ALLOWANCE_LOST;
}

/* 0: there is no file, or *bytes has its contents, which the caller frees. */
static int load(const struct allowance *allowance, char **bytes, size_t *length, struct error *error)
{
	int fd = state_file_open_existing(allowance->dir, ALLOWANCE_FILE, O_RDONLY, error);
	struct buffer text = {0};
	char block[16384];
	ssize_t got;

	*bytes = NULL;
	if (fd < 0)
		return fd == STATE_FILE_MISSING ? 0 : -1;
	do {
		got = read(fd, block, sizeof block);
		if (got > 0)
			buffer_add(&text, block, (size_t)got);
	} while ((got > 0 && text.length <= LARGEST_FILE) || (got < 0 && errno == EINTR));
	if (got < 0)
		error_errno(error, errno, STEP_NONE, "cannot read %s/" ALLOWANCE_FILE, allowance->dir->path);
	else if (text.length > LARGEST_FILE)
		got = damaged(allowance, error);
	close(fd);
	*length = text.length;
	*bytes = must_alloc(text.length + 1);
	memcpy(*bytes, buffer_text(&text), text.length);
	buffer_free(&text);
	return got < 0 ? -1 : 0;
}

int allowance_read(const struct allowance *allowance, int64_t since, struct recent *recent, struct error *error)
{
	size_t length = 0;
	char *bytes;
	int result = load(allowance, &bytes, &length, error);

	if (result == 0 && bytes == NULL)
		result = witness_ask(allowance, since, error);
	else if (result == 0 && allowance_parse(bytes, length, since, recent) < 0)
		result = damaged(allowance, error);
	free(bytes);
	return result;
}

static char *record_text(const struct recent *recent)
{
	json_t *acts = json_array(), *record;
	char *text = NULL;
	bool whole = acts != NULL;

	for (size_t i = 0; i < recent->keys.count && whole; i++) {
		const struct recent_entry *entry = &recent->entries[i];
		char until[TIME_TEXT_SIZE];

		if (entry->planned + entry->intended == 0)
			continue;
		time_format(until, sizeof until, entry->until);
		whole = json_array_append_new(
		            acts, json_pack("{s:s, s:s, s:s, s:s, s:b, s:I, s:I, s:I}", "run",
		                            recent->names.names[entry->run], "host", entry->host, "target",
		                            entry->target, "until", until, "ended", recent->runs[entry->run].ended,
		                            "planned", (json_int_t)entry->planned, "intended",
		                            (json_int_t)entry->intended, "logoffs", (json_int_t)entry->logoffs)) == 0;
	}
	record = json_pack("{s:i, s:o}", "version", 1, "acts", acts);
	if (whole && record != NULL)
		text = json_dumps(record, JSON_COMPACT);
	json_decref(record);
	return text;
}

static int write_new(const struct allowance *allowance, const char *text, struct error *error)
{
	char sum[SUM_LENGTH + 1];
	int fd = state_file_open(allowance->dir, NEW_FILE, O_WRONLY | O_TRUNC, error), result = 0;

	if (fd < 0)
		return -1;
	sum_line(sum, text, strlen(text));
	if (write_whole(fd, text, strlen(text)) < 0 || write_whole(fd, sum, SUM_LENGTH) < 0 || fsync(fd) < 0)
		result = error_errno(error, errno, STEP_NONE, "cannot write %s/" NEW_FILE, allowance->dir->path);
	close(fd);
	return result;
}

int allowance_write(const struct allowance *allowance, const struct recent *recent, struct error *error)
{
	char *text = record_text(recent);
	int result;

	if (text == NULL)
		return error_set(error, ERROR_SYSTEM, STEP_NONE, "the allowance cannot be written as JSON");
	result = write_new(allowance, text, error);
	free(text);
	if (result < 0)
		return -1;
	if (renameat(allowance->dir->fd, NEW_FILE, allowance->dir->fd, ALLOWANCE_FILE) < 0 ||
	    fsync(allowance->dir->fd) < 0)
		return error_errno(error, errno, STEP_NONE, "cannot write %s/" ALLOWANCE_FILE, allowance->dir->path);
	return witness_write(allowance, recent, error); /* last: a killed run leaves no witness without a record */
}

void allowance_replace(struct recent *recent, const char *run, const struct recent *own)
{
	size_t number = recent_run_add(recent, run);

	for (size_t i = 0; i < recent->keys.count; i++)
		if (recent->entries[i].run == number)
			recent->entries[i].planned = recent->entries[i].intended = recent->entries[i].logoffs = 0;
	for (size_t i = 0; i < own->keys.count; i++) {
		const struct recent_entry *from = &own->entries[i];
		struct recent_entry *to = recent_add(recent, number, from->host, from->target);

		to->planned = from->planned;
		to->intended = from->intended;
		to->logoffs = from->logoffs;
		to->until = from->until;
		recent->runs[number].ended = own->runs[from->run].ended;
	}
}
