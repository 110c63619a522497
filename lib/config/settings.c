/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/config/settings.h"

#include <stdint.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/judge/classify.h"

enum { SECONDS = 1000, MINUTES = 60 * SECONDS };

void settings_init(struct settings *settings)
{
	memset(settings, 0, sizeof *settings);
	settings->timeout = 10 * SECONDS; /* options_parse() replaces it by the program's own */
	settings->target_timeout = 5 * SECONDS;
	settings->idle_after = 30 * MINUTES;
	settings->class_bits = COUNT_USERS;
	settings->max_output = 4000;
	settings->since = (int64_t)30 * 24 * 60 * MINUTES;
	settings->overdue_after = 15 * MINUTES;
	settings->history = (int64_t)90 * 24 * 60 * MINUTES;
	settings->max_acts = 10;
	settings->max_percent = 50;
	settings->title = "Message from your administrator";
	settings->poll_interval = 60 * SECONDS;
	settings->notify_rate = 60;
	settings->keep_hosts = 24 * 60 * MINUTES;
}

void settings_free(struct settings *settings)
{
	arena_free(&settings->arena);
	memset(settings, 0, sizeof *settings);
}
