/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Configurations of chance: what an operator may write. */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "t/simulation/chance.h"
#include "t/simulation/check.h"
#include "t/simulation/clockwork.h"
#include "t/simulation/disk.h"
#include "t/simulation/simulate.h"
#include "t/simulation/world.h"

#define HOLIDAYS_FILE "/sim/holidays"

static void warnings(struct buffer *out)
{
	static const char *const some[] = {"", "warn = 5m\n", "warn = 10m, 2m\n", "warn = 15m, 5m, 1m\n",
	                                   "warn = 90s\n"};

	buffer_puts(out, some[chance_below(5)]);
	if (chance_one_in(4))
		buffer_puts(out, "unwarned = act\n");
}

static void exemptions(struct buffer *out)
{
	if (!chance_one_in(5))
		buffer_puts(out, "exempt-user = svc-*\n");
	if (chance_one_in(3))
		buffer_puts(out, "exempt-group = on-call\n");
	if (chance_one_in(4))
		buffer_puts(out, "exempt-client = kiosk*\n");
}

/* Has it a limit that no input begins anew? */
static bool limits(struct buffer *out)
{
	const bool length = chance_one_in(3);

	buffer_printf(out, "idle-over = %dm\n", (int)chance_between(20, 150));
	if (chance_one_in(3))
		buffer_puts(out, "idle-act = logoff\n");
	if (!chance_one_in(4))
		buffer_printf(out, "disconnected-over = %dm\n", (int)chance_between(30, 600));
	if (chance_one_in(3))
		buffer_puts(out, "count-seen = yes\n");
	if (length)
		buffer_printf(out, "length-over = %dh\nlength-act = %s\n", (int)chance_between(10, 40),
		              chance_one_in(2) ? "logoff" : "disconnect");
	return length;
}

/* A few days of the next weeks, and a longer stretch. */
static void holidays(struct buffer *out)
{
	const int64_t today = virtual_time.now / DAY;
	struct buffer file = {0};

	truth_no_holidays();
	for (int i = 0; i < 3; i++) {
		int64_t first = today + chance_between(0, 25), last = i == 0 ? first + 3 : first;
		char from[TIME_TEXT_SIZE], to[TIME_TEXT_SIZE];

		time_format(from, sizeof from, first * DAY);
		time_format(to, sizeof to, last * DAY);
		buffer_printf(&file, "%.10s..%.10s\n", from, to);
		truth_holidays(first, last);
	}
	disk_put(HOLIDAYS_FILE, buffer_text(&file));
	buffer_free(&file);
	buffer_puts(out, "holidays = " HOLIDAYS_FILE "\n");
}

/* Is there a deadline? */
static bool times(struct buffer *out, bool with_holidays)
{
	static const char *const zones[] = {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
	                                    "Asia/Kathmandu"};
	static const char *const whens[] = {"mon-fri 18:00-06:00, sat-sun 00:00-24:00", "daily 20:00-23:00",
	                                    "daily 18:00-02:00, holiday 00:00-24:00", "mon-sat 12:00-20:00"};
	const bool deadline = chance_one_in(4), when = chance_one_in(3);

	if (when)
		buffer_printf(out, "when = %s\n", whens[chance_below(4)]);
	if (deadline)
		buffer_printf(out, "deadline = %s\ndeadline-act = logoff\n",
		              chance_one_in(2) ? "fri 22:00-24:00" : "daily 02:30-03:30");
	buffer_printf(out, "zone = %s\n", zones[chance_below(4)]);
	if (with_holidays && (when || deadline))
		holidays(out);
	return deadline;
}

static void work(struct buffer *out)
{
	if (chance_one_in(3))
		buffer_printf(out, "protect = busy %d %%\n", (int)chance_between(2, 50));
}

static void need(struct buffer *out)
{
	if (chance_one_in(6))
		buffer_printf(out, "while = sessions > %d\n", (int)chance_between(2, 12));
	else if (chance_one_in(8))
		buffer_printf(out, "while = memory-available < %d %%\n", (int)chance_between(10, 70));
}

/* Not all policies of one seed may have holidays: they have one file. */
static void policy(struct buffer *out, const char *name, const char *whom)
{
	bool has_length, has_deadline, warns;
	size_t before;

	buffer_printf(out, "[policy %s]\n%s", name, whom);
	has_length = limits(out);
	before = out->length;
	warnings(out);
	warns = strstr(buffer_text(out) + before, "warn = ") != NULL;
	exemptions(out);
	work(out);
	need(out);
	has_deadline = times(out, strcmp(name, "rest") == 0 && chance_one_in(3));
	if (warns && (has_length || has_deadline) && chance_one_in(2))
		buffer_printf(out, "snooze = %dm\nsnooze-most = %d\n", (int)chance_between(10, 60),
		              (int)chance_between(1, 3));
}

/* Of several kinds: those without messages and without disconnect, now and then. */
static void targets_text(struct buffer *out, size_t targets, const char *group, bool all_can)
{
	static const char *const schemes[] = {"farm", "farm", "farm", "farm", "farm", "mute", "farm", "shell"};

	for (size_t i = 0; i < targets; i++)
		buffer_printf(out, "[target t%02zu]\nurl = %s:%zu\n", i, all_can ? "farm" : schemes[i % 8], i);
	buffer_printf(out, "[group %s]\nmembers = t00", group);
	for (size_t i = 1; i < targets; i++)
		buffer_printf(out, ", t%02zu", i);
	buffer_puts(out, "\n");
}

const char *policies_text(struct arena *arena, size_t targets)
{
	struct buffer out = {0};
	const char *text;

	targets_text(&out, targets, "all", false);
	if (chance_one_in(6))
		policy(&out, "locked", "target = all\nlocked = yes\n");
	if (chance_one_in(2))
		policy(&out, "some", "target = all\nuser = u*7, u*8\n");
	if (chance_one_in(3))
		policy(&out, "members", "target = all\nuser-group = on-call\n");
	policy(&out, "rest", "target = all\n");
	text = arena_strdup(arena, buffer_text(&out));
	buffer_free(&out);
	return text;
}

const char *policies_given(struct arena *arena, size_t targets, const char *file)
{
	FILE *in = fopen(file, "r");
	struct buffer out = {0};
	const char *text;
	char line[1000];

	if (in == NULL)
		check_failed("%s: %s", file, strerror(errno));
	targets_text(&out, targets, "farm", true);
	while (fgets(line, sizeof line, in) != NULL)
		buffer_puts(&out, line);
	fclose(in);
	text = arena_strdup(arena, buffer_text(&out));
	buffer_free(&out);
	return text;
}
