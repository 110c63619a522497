/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the audit says about the last hour, or the night.  The file is read as bytes with a
 * length: a crash can leave NUL bytes, halves of lines, or the rest of another
 * file in it.  What is not understood counts against the limits, never for them.
 */
#include "lib/act/audit_recent.h"

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/act/allowance.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/target/provider.h"

/* audit_recent() reads at most this many bytes back.  An hour that needs more is an error, and prevents acts. */
enum { FIRST_WINDOW = 256 * 1024, LARGEST_WINDOW = 64 * 1024 * 1024 };
/* The longest line: a plan of 10,000 acts is 2 MB. */
enum { LONGEST_LINE = 8 * 1024 * 1024 };
/* The shortest line about an act.  It limits the number of acts that unreadable bytes can stand for; they stand for
 * at least one. */
enum { SHORTEST_LINE = 256 };

/* The results of one reading. */
struct counting {
	struct recent *recent;
	int64_t since;
	uint64_t pending; /* acts of unreadable lines since the last readable one; they get the time of the next one */
};

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* The host's canonical name, if it differs from the session's host. */
static const char *acting_host(const json_t *line, const json_t *session)
{
	const char *canonical = text_of(line, "acting_host");

	return canonical != NULL ? canonical : text_of(session, "host");
}

/* A plan reserves each of its acts.  -1: the line is not as we write it. */
static int count_plan(struct recent *recent, size_t run, const json_t *line)
{
	const json_t *acts = json_object_get(line, "acts"), *act;
	size_t i;

	if (!json_is_array(acts))
		return -1;
	recent->runs[run].planned = true;
	json_array_foreach (acts, i, act) {
		const char *host = acting_host(act, act), *target = text_of(act, "target");

		if (host == NULL)
			recent->unreadable++;
		else
			recent_add(recent, run, host, target != NULL ? target : "")->planned++;
	}
	return 0;
}

static int count_intent(struct recent *recent, size_t run, const json_t *line, const char *action)
{
	const char *host = acting_host(line, json_object_get(line, "session")), *target = text_of(line, "target");
	struct recent_entry *entry;

	if (host == NULL)
		return -1;
	entry = recent_add(recent, run, host, target != NULL ? target : "");
	entry->intended++;
	entry->logoffs += strcmp(action, act_name(ACT_LOGOFF)) == 0;
	return 0;
}

/* -1: unknown line. */
static int count_line(struct recent *recent, const json_t *line)
{
	const char *event = text_of(line, "event"), *run = text_of(line, "run"), *action = text_of(line, "action");

	if (event == NULL || run == NULL || !audit_event_known(event))
		return -1;
	if (strcmp(event, "end") == 0) {
		size_t number = recent_run_add(recent, run);

		recent->runs[number].ended = true;
	}
	if (strcmp(event, "plan") != 0 && strcmp(event, "intent") != 0)
		return 0;
	if (action == NULL)
		return -1;
	if (strcmp(action, act_name(ACT_MESSAGE)) == 0)
		return 0;
	if (strcmp(event, "plan") == 0)
		return count_plan(recent, recent_run_add(recent, run), line);
	return count_intent(recent, recent_run_add(recent, run), line, action);
}

/* The time of a line, or -1 if it is not ours.  The caller releases *line. */
static int64_t line_read(const char *bytes, size_t length, json_t **line)
{
	const char *text;
	int64_t when;

	*line = length <= LONGEST_LINE ? json_loadb(bytes, length, 0, NULL) : NULL;
	text = text_of(*line, "time");
	return text != NULL && time_parse(text, &when) == 0 && when >= 0 ? when : -1;
}

static uint64_t acts_of(size_t length)
{
	return length / SHORTEST_LINE + 1;
}

static void take_line(struct counting *counting, const char *bytes, size_t length)
{
	json_t *line;
	int64_t when = line_read(bytes, length, &line);

	if (when < 0) {
		counting->pending += acts_of(length);
	} else {
		if (when >= counting->since) {
			counting->recent->unreadable += counting->pending;
			if (count_line(counting->recent, line) < 0)
				counting->recent->unreadable += acts_of(length);
		}
		counting->pending = 0;
	}
	json_decref(line);
}

void audit_count(struct recent *recent, const char *bytes, size_t length, int64_t since)
{
	struct counting counting = {.recent = recent, .since = since};

	for (size_t at = 0; at < length;) {
		const char *end = memchr(bytes + at, '\n', length - at);
		size_t line = end != NULL ? (size_t)(end - (bytes + at)) : length - at;

		if (line > 0)
			take_line(&counting, bytes + at, line);
		at += line + 1;
	}
	recent->unreadable += counting.pending;
}

/* The offset of the first complete line, or length. */
static size_t first_line(const char *bytes, size_t length)
{
	const char *end = memchr(bytes, '\n', length);

	return end != NULL ? (size_t)(end - bytes) + 1 : length;
}

/* True if the first readable line is older than that; everything before these bytes is then older, too. */
static bool reaches_back(const char *bytes, size_t length, int64_t since)
{
	for (size_t at = first_line(bytes, length); at < length;) {
		size_t next = at + first_line(bytes + at, length - at);
		size_t end = bytes[next - 1] == '\n' ? next - 1 : next;
		json_t *line;
		int64_t when = line_read(bytes + at, end - at, &line);

		json_decref(line);
		if (when >= 0)
			return when < since;
		at = next;
	}
	return false;
}

ssize_t audit_bytes(int fd, char *bytes, size_t length, off_t start)
{
	size_t done = 0;

	while (done < length) {
		ssize_t got = pread(fd, bytes + done, length - done, start + (off_t)done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

static int unreadable_file(const struct audit *audit, struct error *error)
{
	return error_errno(error, errno, STEP_NONE, "cannot read %s/" AUDIT_FILE, audit->dir->path);
}

/* Counts the newest part of the file that certainly has every line since then.  1: the part must be larger. */
static int count_window(const struct audit *audit, int64_t since, off_t window, struct recent *recent,
                        struct error *error)
{
	struct stat status;
	off_t start;
	ssize_t length;
	char *bytes;
	int result = 0;

	if (fstat(audit->fd, &status) < 0)
		return unreadable_file(audit, error);
	start = status.st_size > window ? status.st_size - window : 0;
	bytes = must_alloc((size_t)(status.st_size - start) + 1);
	length = audit_bytes(audit->fd, bytes, (size_t)(status.st_size - start), start);
	if (length < 0)
		result = unreadable_file(audit, error);
	else if (start == 0)
		audit_count(recent, bytes, (size_t)length, since);
	else if (reaches_back(bytes, (size_t)length, since))
		audit_count(recent, bytes + first_line(bytes, (size_t)length),
		            (size_t)length - first_line(bytes, (size_t)length), since);
	else
		result = 1;
	free(bytes);
	return result;
}

bool audit_reaches_back(const struct audit *audit, int64_t since)
{
	char *bytes = must_alloc(FIRST_WINDOW);
	ssize_t length = audit_bytes(audit->fd, bytes, FIRST_WINDOW, 0);
	bool reaches = length > 0 && reaches_back(bytes, (size_t)length, since);

	free(bytes);
	return reaches;
}

int audit_recent(const struct audit *audit, int64_t since, struct recent *recent, struct error *error)
{
	for (off_t window = FIRST_WINDOW; window <= LARGEST_WINDOW; window *= 2) {
		int result = count_window(audit, since, window, recent, error);

		if (result <= 0)
			return result;
	}
	error_set(error, ERROR_SYSTEM, STEP_NONE, "what counts of %s/" AUDIT_FILE " is larger than 64 MiB",
	          audit->dir->path);
	return error_hint(error, "rename that file: the acts in it still count, by the file %s beside it",
	                  ALLOWANCE_FILE);
}
