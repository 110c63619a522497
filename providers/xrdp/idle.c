/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/xrdp/idle.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/base/trust.h"

enum {
	AT_ONCE = 16,       /* helpers that run at the same time */
	ANSWER_TIME = 3000, /* ms for one answer; a stopped X server never gives one */
	ANSWER_SIZE = 48,
};

struct asked {
	struct idle_question *question;
	struct child child;
	struct deadline deadline;
	int64_t begun; /* wall clock, ms */
	int answer;    /* our end of its stdout */
	char text[ANSWER_SIZE];
	size_t length;
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
	int ends[2], failed;

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return -1;
	snprintf(display, sizeof display, ":%d", question->display);
	snprintf(server, sizeof server, "%d", (int)question->server);
	*asked = (struct asked){.question = question, .answer = ends[0], .begun = clock_now()};
	asked->deadline = deadline_earlier(*deadline, deadline_in(ANSWER_TIME));
	failed = child_start(&asked->child, &question->user, question->display, argv, ends[1], true, &error);
	close(ends[1]);
	if (failed)
		close(ends[0]);
	return failed;
}

/* Takes what is there.  Returns true at the end of the answer (or of our interest). */
static bool take(struct asked *asked)
{
	ssize_t length = read(asked->answer, asked->text + asked->length, sizeof asked->text - asked->length);

	if (length < 0)
		return errno != EAGAIN && errno != EINTR;
	asked->length += (size_t)length;
	return length == 0 || asked->length == sizeof asked->text;
}

/* Returns its exit status. */
static int finish(struct asked *asked, bool in_time)
{
	struct idle_question *question = asked->question;
	int status;

	close(asked->answer);
	/* It has closed its stdout and can have nothing left to do; if it stays, it is the user's doing. */
	if (!in_time || poll(&(struct pollfd){.fd = asked->child.pidfd, .events = POLLIN}, 1, 200) != 1)
		child_kill(&asked->child);
	status = child_wait(&asked->child);
	question->known = status == 0 && idle_parse(asked->text, asked->length, asked->begun, clock_now(),
	                                            &question->idle, &question->at) == 0;
	return status;
}

static void wait_for_some(struct asked *asked, size_t count)
{
	struct pollfd polls[AT_ONCE];
	int64_t left = ANSWER_TIME;

	for (size_t i = 0; i < count; i++) {
		polls[i] = (struct pollfd){.fd = asked[i].answer, .events = POLLIN};
		if (deadline_left(&asked[i].deadline) < left)
			left = deadline_left(&asked[i].deadline);
	}
	(void)poll(polls, count, (int)left);
}

bool idle_ask(struct idle_question *questions, size_t count, const struct deadline *deadline)
{
	/* Some time must be left to whoever asked. */
	struct deadline end = deadline_in(deadline_left(deadline) * 3 / 4);
	struct asked asked[AT_ONCE];
	struct error ignored = {0};
	char program[PATH_MAX];
	size_t next = 0, running = 0;
	bool runnable = true;

	if (helper_path(program, sizeof program, "xrdp", "curfew-xidle", &ignored) < 0)
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
			if (finish(&asked[i], over) == CHILD_NO_PROGRAM)
				runnable = false;
			asked[i] = asked[--running];
		}
	}
	return runnable;
}
