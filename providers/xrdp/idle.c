/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/xrdp/idle.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/base/trust.h"
#include "lib/child/child.h"
#include "lib/child/spawn.h"

enum {
	AT_ONCE = 16,       /* helpers that run at the same time */
	ANSWER_TIME = 3000, /* ms for one answer; a stopped X server never gives one */
	EXIT_TIME = 200,    /* ms to exit after it */
	ANSWER_SIZE = 48,
};

struct asked {
	struct idle_question *question;
	struct child child;
	struct deadline deadline;
	int64_t begun; /* wall clock, ms */
};

int idle_parse(const char *text, size_t length, int64_t earliest, int64_t latest, int64_t *idle, int64_t *at)
{
	char line[ANSWER_SIZE], *blank;
	unsigned long long milliseconds, clock;

	if (length < 2 || length > sizeof line || text[length - 1] != '\n')
		return -1;
	memcpy(line, text, length - 1);
	line[length - 1] = '\0';
	if (strlen(line) != length - 1 || (blank = strchr(line, ' ')) == NULL)
		return -1;
	*blank = '\0';
	if (number_parse(line, UINT32_MAX, &milliseconds) < 0 || number_parse(blank + 1, INT64_MAX, &clock) < 0 ||
	    (int64_t)clock < earliest || (int64_t)clock > latest)
		return -1;
	*idle = (int64_t)milliseconds;
	*at = (int64_t)clock;
	return 0;
}

static int ask(struct asked *asked, const char *program, struct idle_question *question,
               const struct deadline *deadline)
{
	char display[16], server[16];
	char *argv[] = {(char *)program, display, server, NULL};
	struct error error = {0};

	snprintf(display, sizeof display, ":%d", question->display);
	snprintf(server, sizeof server, "%d", (int)question->server);
	*asked = (struct asked){.question = question, .begun = clock_now()};
	asked->deadline = deadline_earlier(*deadline, deadline_in(ANSWER_TIME));
	if (as_user_start(&asked->child, &question->user, question->display, argv, CHILD_OUT, false, &error) < 0)
		return -1;
	asked->child.line_limit = ANSWER_SIZE; /* its user could write more */
	return 0;
}

/* Reads what there is.  Returns true when nothing more is expected. */
static bool take(struct asked *asked)
{
	struct idle_question *question = asked->question;
	struct error error = {0};
	bool over = child_move(&asked->child, &error) < 0;
	size_t length;
	const char *line = child_line(&asked->child, &length);

	if (line == NULL)
		return over;
	question->known = idle_parse(line, length + 1, asked->begun, clock_now(), &question->idle, &question->at) == 0;
	return true;
}

/* Returns its exit status. */
static int finish(struct asked *asked, bool in_time)
{
	struct error ignored = {0};

	/* It has answered and has nothing left to do; only its user can keep it running. */
	child_stop(&asked->child, in_time ? EXIT_TIME : 0, &ignored);
	if (asked->child.status != 0)
		asked->question->known = false;
	return asked->child.status;
}

static void wait_for_some(struct asked *asked, size_t count)
{
	struct pollfd polls[AT_ONCE * CHILD_POLLS];
	int64_t left = ANSWER_TIME;

	for (size_t i = 0; i < count; i++) {
		child_polls(&asked[i].child, &polls[i * CHILD_POLLS]);
		if (deadline_left(&asked[i].deadline) < left)
			left = deadline_left(&asked[i].deadline);
	}
	(void)poll(polls, count * CHILD_POLLS, (int)left);
}

bool idle_ask(struct idle_question *questions, size_t count, const struct deadline *deadline)
{
	/* Leaves some time to the caller. */
	struct deadline end = deadline_in(deadline_left(deadline) * 3 / 4);
	struct asked asked[AT_ONCE];
	struct error ignored = {0};
	char program[PATH_MAX];
	size_t next = 0, running = 0;
	bool runnable = true;

	if (helper_find(program, "xrdp", "curfew-xidle", &ignored) < 0)
		return false;
	while (running > 0 || (next < count && !deadline_passed(&end))) {
		while (running < AT_ONCE && next < count && !deadline_passed(&end))
			if (ask(&asked[running], program, &questions[next++], &end) == 0)
				running++;
		wait_for_some(asked, running);
		for (size_t i = running; i-- > 0;) {
			bool over = take(&asked[i]);

			if (!over && !deadline_passed(&asked[i].deadline))
				continue;
			if (finish(&asked[i], over) == SPAWN_NO_PROGRAM)
				runnable = false;
			asked[i] = asked[--running];
		}
	}
	return runnable;
}
