/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the audit says about the last hour: the allowance that runs share. */
#include "lib/audit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/error.h"
#include "lib/provider.h"
#include "lib/text.h"

/* How far back audit_recent() reads; an hour that needs more is an error, and so no act. */
enum { FIRST_WINDOW = 256 * 1024, LARGEST_WINDOW = 64 * 1024 * 1024 };

/* What one run did within the hour, to the hosts asked for. */
struct run_acts {
	const char *run;
	uint64_t planned, intended; /* on hosts where somebody may be at work */
	uint64_t intended_locked;   /* on hosts that are locked by us */
	uint64_t logoffs;
	bool ended;
};

struct recent_runs {
	struct run_acts *runs;
	size_t count, allocated;
	uint64_t unreadable; /* lines that count as one act each */
	uint64_t pending;    /* unreadable ones since the last readable line: as old as the next */
	struct arena arena;
};

static struct run_acts *run_find(struct recent_runs *recent, const char *run)
{
	/* Lines of one run stand together, so look at the newest first. */
	for (size_t i = recent->count; i > 0; i--)
		if (strcmp(recent->runs[i - 1].run, run) == 0)
			return &recent->runs[i - 1];
	if (recent->count == recent->allocated) {
		recent->allocated = recent->allocated > 0 ? recent->allocated * 2 : 16;
		recent->runs = must_realloc(recent->runs, recent->allocated * sizeof *recent->runs);
	}
	recent->runs[recent->count] = (struct run_acts){.run = arena_strdup(&recent->arena, run)};
	return &recent->runs[recent->count++];
}

static bool listed(const json_t *host, const struct string_list *hosts)
{
	const char *name = json_string_value(host);

	for (size_t i = 0; name != NULL && i < hosts->count; i++)
		if (text_same(name, hosts->items[i]))
			return true;
	return false;
}

static void count_line(struct recent_runs *recent, const json_t *line, const struct string_list *scope,
                       const struct string_list *locked)
{
	const char *event = json_string_value(json_object_get(line, "event"));
	const char *run = json_string_value(json_object_get(line, "run"));
	const char *action = json_string_value(json_object_get(line, "action"));
	const json_t *act;
	struct run_acts *acts;
	size_t i;

	if (event == NULL || run == NULL)
		return;
	if (strcmp(event, "end") == 0) {
		run_find(recent, run)->ended = true;
		return;
	}
	if (action == NULL || strcmp(action, act_name(ACT_MESSAGE)) == 0)
		return;
	acts = run_find(recent, run);
	if (strcmp(event, "plan") == 0) {
		json_array_foreach (json_object_get(line, "acts"), i, act)
			acts->planned += (listed(json_object_get(act, "host"), scope) ||
			                  listed(json_object_get(act, "target"), scope)) &&
			                 !listed(json_object_get(act, "host"), locked);
	} else if (strcmp(event, "intent") == 0) {
		const json_t *host = json_object_get(json_object_get(line, "session"), "host");

		if (!listed(host, scope) && !listed(json_object_get(line, "target"), scope))
			return;
		if (listed(host, locked))
			acts->intended_locked++;
		else
			acts->intended++;
		acts->logoffs += strcmp(action, act_name(ACT_LOGOFF)) == 0;
	}
}

/* The time of a line, or -1 if it is not one of ours. */
static int64_t line_time(const json_t *line)
{
	const char *text = json_string_value(json_object_get(line, "time"));
	int64_t when;

	return text != NULL && time_parse(text, &when) == 0 ? when : -1;
}

/* Reads the file from an offset on; a NUL byte inside ends it early, and none of ours has one. */
static char *read_from(int fd, off_t start, size_t length)
{
	char *text = must_alloc(length + 1);

	if (pread(fd, text, length, start) == (ssize_t)length)
		return text;
	free(text);
	return NULL;
}

/* Does the first whole line of this part come from before then?  Then so does all that is left out. */
static bool reaches_back(const char *text, int64_t since)
{
	const char *line = strchr(text, '\n');
	json_t *first;
	int64_t when;

	if (line == NULL)
		return false;
	first = json_loads(line + 1, JSON_DISABLE_EOF_CHECK, NULL);
	when = line_time(first);
	json_decref(first);
	return when >= 0 && when < since;
}

/* The newest part of the file that surely holds every line since then; the caller's to free. */
static char *read_tail(int fd, int64_t since, struct error *error)
{
	struct stat status;

	if (fstat(fd, &status) < 0) {
		error_errno(error, errno, STEP_NONE, "cannot read the audit");
		return NULL;
	}
	for (off_t window = FIRST_WINDOW; window <= LARGEST_WINDOW; window *= 2) {
		off_t start = status.st_size > window ? status.st_size - window : 0;
		char *text = read_from(fd, start, (size_t)(status.st_size - start));

		if (text == NULL) {
			error_set(error, ERROR_SYSTEM, STEP_NONE, "cannot read the audit");
			return NULL;
		}
		if (start == 0)
			return text;
		if (reaches_back(text, since)) {
			size_t cut = strcspn(text, "\n") + 1;

			memmove(text, text + cut, strlen(text + cut) + 1);
			return text;
		}
		free(text);
	}
	error_set(error, ERROR_SYSTEM, STEP_NONE, "the audit of the last hour is larger than 64 MiB");
	return NULL;
}

static void count_lines(struct recent_runs *recent, char *text, int64_t since, const struct string_list *scope,
                        const struct string_list *locked)
{
	for (char *line = text, *end; *line != '\0'; line = end) {
		json_t *json;
		int64_t when;

		end = line + strcspn(line, "\n");
		if (*end == '\n')
			*end++ = '\0';
		if (*line == '\0')
			continue;
		json = json_loads(line, 0, NULL);
		if ((when = line_time(json)) < 0) {
			recent->pending++;
		} else {
			if (when >= since) {
				recent->unreadable += recent->pending;
				count_line(recent, json, scope, locked);
			}
			recent->pending = 0;
		}
		json_decref(json);
	}
	recent->unreadable += recent->pending;
}

int audit_recent(struct audit *audit, int64_t since, const struct string_list *scope, const struct string_list *locked,
                 struct recent_acts *result, struct error *error)
{
	struct recent_runs recent = {0};
	char *text = read_tail(audit->fd, since, error);

	memset(result, 0, sizeof *result);
	if (text == NULL)
		return -1;
	count_lines(&recent, text, since, scope, locked);
	for (size_t i = 0; i < recent.count; i++) {
		const struct run_acts *run = &recent.runs[i];
		bool in_full = !run->ended && run->planned > run->intended;

		result->acts += run->intended_locked + (in_full ? run->planned : run->intended);
		result->logoffs += run->logoffs;
	}
	result->acts += recent.unreadable;
	free(recent.runs);
	arena_free(&recent.arena);
	free(text);
	return 0;
}
