/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/child/child.h"
#include "lib/child/spawn.h"
#include "lib/target/provider.h"
#include "providers/xrdp/act.h"
#include "providers/xrdp/as_user.h"

/* xmessage's exit status for each button; it uses 0 and 1 otherwise. */
enum { BUTTON_OK = 10, BUTTON_CANCEL = 11 };
static const char program[] = "/usr/bin/xmessage";

enum { START_TIME = 300 }; /* ms in which a program that can't show its window has ended */

/* xmessage would read words that begin like this as options. */
static char *as_word(struct arena *arena, const char *text)
{
	return arena_printf(arena, "%s%s", strchr("-+=", text[0]) != NULL ? " " : "", text);
}

static int start(struct child *child, const struct held *held, const struct action *action, struct error *error)
{
	struct session_user user = {{held->found.uid, held->found.gid}, held->found.home};
	struct arena arena = {0};
	bool ask = action->answer_wait > 0;
	char *argv[] = {(char *)program,
	                (char *)"-center",
	                (char *)"-xrm",
	                (char *)"*international: true",
	                (char *)"-title",
	                as_word(&arena, action->title != NULL && *action->title != '\0' ? action->title : "Message"),
	                (char *)"-buttons",
	                (char *)(ask ? "OK:10,Cancel:11" : "OK:10"),
	                as_word(&arena, action->text != NULL ? action->text : ""),
	                NULL};
	int result = as_user_start(child, &user, held->found.display, argv, 0, true, error);

	arena_free(&arena);
	return result;
}

static int failed(int status, struct error *error)
{
	if (status == SPAWN_NO_PROGRAM) {
		error_set(error, ERROR_UNSUPPORTED, STEP_ACT, "cannot run %s, which shows the message", program);
		return error_hint(error, "install it; on Debian: apt-get install x11-utils");
	}
	return error_set(error, ERROR_SYSTEM, STEP_ACT, "%s ended with status %d and showed no message", program,
	                 status);
}

static void answered(int status, struct outcome *outcome)
{
	outcome->code = OUTCOME_ANSWERED;
	/* Closing the window is not OK. */
	snprintf(outcome->answer, sizeof outcome->answer, "%s", status == BUTTON_OK ? "ok" : "cancel");
}

int act_message(struct held *held, const struct action *action, const struct deadline *deadline,
                struct outcome *outcome, struct error *error)
{
	int64_t wait = action->answer_wait > 0 ? action->answer_wait : START_TIME, left = deadline_left(deadline);
	struct error ignored = {0};
	struct child child;

	if (!held->display_opened || held->found.home[0] == '\0') {
		error_set(error, ERROR_ACCESS, STEP_ACT, "X display :%d doesn't let its own user in",
		          held->found.display);
		return error_hint(error, "look at the user's ~/.Xauthority, and at curfew-xidle in libexecdir");
	}
	if (start(&child, held, action, error) < 0)
		return -1;
	if (child_ended(&child, wait < left ? wait : left)) {
		child_stop(&child, 0, &ignored);
		if (child.status != BUTTON_OK && child.status != BUTTON_CANCEL && child.status != 1)
			return failed(child.status, error);
		answered(child.status, outcome);
	} else if (action->answer_wait > 0) {
		outcome->code = OUTCOME_NO_ANSWER;
		child_stop(&child, 0, &ignored);
	} else {
		child_let_go(&child);
	}
	return 0;
}
