/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Configurations of chance: what an operator may write. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "t/simulation/chance.h"
#include "t/simulation/simulate.h"

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

static void limits(struct buffer *out)
{
	buffer_printf(out, "idle-over = %dm\n", (int)chance_between(20, 150));
	if (chance_one_in(3))
		buffer_puts(out, "idle-act = logoff\n");
	if (!chance_one_in(4))
		buffer_printf(out, "disconnected-over = %dm\n", (int)chance_between(30, 600));
	if (chance_one_in(3))
		buffer_puts(out, "count-seen = yes\n");
	if (chance_one_in(4))
		buffer_printf(out, "length-over = %dh\nlength-act = %s\n", (int)chance_between(10, 40),
		              chance_one_in(2) ? "logoff" : "disconnect");
}

static void times(struct buffer *out)
{
	static const char *const zones[] = {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
	                                    "Asia/Kathmandu"};

	if (chance_one_in(3))
		buffer_printf(out, "when = %s\n",
		              chance_one_in(2) ? "mon-fri 18:00-06:00, sat-sun 00:00-24:00" : "daily 20:00-23:00");
	if (chance_one_in(4))
		buffer_printf(out, "deadline = %s\ndeadline-act = logoff\n",
		              chance_one_in(2) ? "fri 22:00-24:00" : "daily 02:30-03:30");
	buffer_printf(out, "zone = %s\n", zones[chance_below(4)]);
}

static void work(struct buffer *out)
{
	if (chance_one_in(3))
		buffer_printf(out, "protect = busy %d %%\n", (int)chance_between(2, 50));
}

static void policy(struct buffer *out, const char *name, const char *whom)
{
	buffer_printf(out, "[policy %s]\n%s", name, whom);
	limits(out);
	warnings(out);
	exemptions(out);
	work(out);
	times(out);
}

const char *policies_text(struct arena *arena, size_t targets)
{
	static const char *const schemes[] = {"farm", "farm", "farm", "farm", "farm", "mute", "farm", "shell"};
	struct buffer out = {0};
	const char *text;

	for (size_t i = 0; i < targets; i++)
		buffer_printf(&out, "[target t%02zu]\nurl = %s:%zu\n", i, schemes[i % 8], i);
	buffer_puts(&out, "[group all]\nmembers = t00");
	for (size_t i = 1; i < targets; i++)
		buffer_printf(&out, ", t%02zu", i);
	buffer_puts(&out, "\n");
	if (chance_one_in(2))
		policy(&out, "some", "target = all\nuser = u*7, u*8\n");
	if (chance_one_in(3))
		policy(&out, "members", "target = all\nuser-group = on-call\n");
	policy(&out, "rest", "target = all\n");
	text = arena_strdup(arena, buffer_text(&out));
	buffer_free(&out);
	return text;
}
