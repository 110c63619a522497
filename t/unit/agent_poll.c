/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The serving side of a poll, with polling processes that misbehave: this file has its own poll_child(). */
#include "t/unit/test.h"

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/agentx.h"
#include "agent/answer.h"
#include "agent/poll.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/child/child.h"
#include "lib/config/settings.h"

#define ANSWER                                                                                                         \
	"{\"target\":\"t\",\"url\":\"sim:x\",\"provider\":\"sim\",\"hosts\":[{\"index\":1,\"host\":\"h\"}],"           \
	"\"error\":{\"code\":\"timeout\",\"text\":\"late\"}}\n"

/* What the polling process does. */
#define FIRST "{\"id\":null,\"protocol\":2,\"version\":\"0\"}\n"
static const char *lines, *first = FIRST, *says;
static bool crashes, hangs, floods;

static void put(int fd, const char *text)
{
	for (size_t length = strlen(text); length > 0;) {
		ssize_t wrote = write(fd, text, length);

		if (wrote < 0)
			_exit(9);
		text += wrote;
		length -= (size_t)wrote;
	}
}

int poll_child(void *settings)
{
	(void)settings;
	put(STDOUT_FILENO, first);
	put(STDOUT_FILENO, lines);
	if (says != NULL)
		put(STDERR_FILENO, says);
	while (floods)
		put(STDOUT_FILENO, ANSWER);
	if (crashes)
		raise(SIGKILL);
	while (hangs)
		pause();
	return 0;
}

/* So many answers were taken at once. */
static size_t most;

static enum poll_state run(struct poll *one, const char *text, int64_t timeout)
{
	struct settings settings = {.timeout = timeout - POLL_GRACE};
	struct deadline deadline = deadline_in(10000);
	struct error error = {0};
	enum poll_state state;
	size_t before;

	most = 0;
	lines = text;
	assert_int_equal(poll_start(one, &settings, &error), 0);
	do {
		struct pollfd polls[CHILD_POLLS];

		child_polls(&one->child, polls);
		poll(polls, CHILD_POLLS, one->more ? 0 : 1000);
		before = one->count;
		state = poll_advance(one);
		most = one->count > before + most ? one->count - before : most;
	} while (state == POLL_RUNNING && !deadline_passed(&deadline));
	return state;
}

static void a_good_poll_brings_its_answers(void **state)
{
	struct poll poll;
	struct answer *answers;
	size_t count;

	(void)state;
	assert_int_equal(run(&poll, ANSWER ANSWER "{\"end\":2}\n", 5000), POLL_DONE);
	answers = poll_take(&poll, &count);
	assert_int_equal(count, 2);
	assert_string_equal(answers[1].error.text, "late");
	answer_free(&answers[0]);
	answer_free(&answers[1]);
	free(answers);
	assert_int_equal(poll_advance(&poll), POLL_IDLE);
	assert_int_equal(run(&poll, "{\"end\":0}\n", 5000), POLL_DONE);
	poll_stop(&poll);
}

static void bad_polls_fail(void **state)
{
	static const struct {
		const char *text;
		enum error_code code;
	} table[] = {
	    {"", ERROR_CRASHED},
	    {ANSWER, ERROR_CRASHED},                         /* no end */
	    {ANSWER "{\"end\":2}\n", ERROR_CRASHED},         /* one is missing */
	    {ANSWER "{\"end\":1}", ERROR_CRASHED},           /* cut in the last line */
	    {ANSWER "{\"end\":1}\n" ANSWER, ERROR_PROTOCOL}, /* more behind the end */
	    {"garbage\n", ERROR_PROTOCOL},
	    {"\n", ERROR_PROTOCOL},
	    {"{\"failed\":{\"code\":\"access denied\",\"text\":\"no\"}}\n", ERROR_ACCESS},
	};
	struct poll poll;

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		assert_int_equal(run(&poll, table[i].text, 5000), POLL_FAILED);
		assert_int_equal(poll.error.code, table[i].code);
		assert_int_equal(poll_advance(&poll), POLL_IDLE);
	}
}

/* Between two pieces the agent answers SNMP, and at the end all have come. */
static void many_answers_come_in_pieces(void **state)
{
	enum { MANY = 3000, END = 32 };
	size_t length = strlen(ANSWER);
	char *text = malloc(MANY * length + END), *at = text;
	struct poll poll;

	(void)state;
	assert_non_null(text);
	for (int i = 0; i < MANY; i++, at += length)
		memcpy(at, ANSWER, length);
	snprintf(at, END, "{\"end\":%d}\n", MANY);
	assert_int_equal(run(&poll, text, 60000), POLL_DONE);
	assert_int_equal(poll.count, MANY);
	assert_true(most > 1 && most <= 64 * 1024 / (length - 1) + 1);
	poll_stop(&poll);
	free(text);
}

/* Both sides are one program, so it is no other version; but it must not be taken for an answer either. */
static void the_first_line_says_which_protocol(void **state)
{
	struct poll poll;

	(void)state;
	first = "";
	assert_int_equal(run(&poll, ANSWER "{\"end\":1}\n", 5000), POLL_FAILED);
	assert_int_equal(poll.error.code, ERROR_PROTOCOL);
	first = FIRST;
}

static void crashes_hangs_and_floods_end(void **state)
{
	struct poll poll;

	(void)state;
	crashes = true;
	assert_int_equal(run(&poll, ANSWER, 5000), POLL_FAILED);
	assert_int_equal(poll.error.code, ERROR_CRASHED);
	assert_string_equal(poll.error.text, "the polling process died of signal 9");
	says = "it hurts\n";
	assert_int_equal(run(&poll, ANSWER, 5000), POLL_FAILED);
	assert_string_equal(poll.error.text, "the polling process died of signal 9: it hurts");
	says = NULL;
	crashes = false;
	hangs = true;
	assert_int_equal(run(&poll, ANSWER "{\"end\":1}\n", 200), POLL_FAILED);
	assert_int_equal(poll.error.code, ERROR_TIMEOUT);
	hangs = false;
	floods = true;
	assert_int_equal(run(&poll, "{\"end\":0}\n", 5000), POLL_FAILED);
	assert_int_equal(poll.error.code, ERROR_PROTOCOL);
	assert_int_equal(run(&poll, "", 300), POLL_FAILED); /* so many answers that time or number is up */
	floods = false;
}

static void stopping_leaves_no_process(void **state)
{
	struct settings settings = {.timeout = 5000};
	struct error error = {0};
	struct poll poll;
	pid_t pid;

	(void)state;
	lines = ANSWER;
	hangs = true;
	assert_int_equal(poll_start(&poll, &settings, &error), 0);
	pid = poll.child.pid;
	poll_stop(&poll);
	hangs = false;
	while (waitpid(pid, NULL, 0) > 0)
		continue;
	assert_int_equal(kill(pid, 0), -1);
}

static void base_oids_are_read(void **state)
{
	static const char *const good[] = {"1.3.6.1.4.1.32473.1", ".1.3.6", "1.3.4294967295"};
	static const char *const bad[] = {"",       "1",      "1.3",
	                                  "1.3.",   "1..3.6", "2.999.1",
	                                  "a.b.c",  "1.3.x",  "1.3.4294967296",
	                                  "1.3.6 ", "-1.3.6", "1.3.99999999999999999999"};
	struct error error = {0};
	struct base_oid base;
	char much[400] = "1.3";

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_int_equal(base_oid_parse(&base, good[i], &error), 0);
	assert_int_equal(base.length, 3);
	assert_true(base.ids[2] == UINT32_MAX);
	for (size_t i = 0; i < COUNT(bad); i++) {
		error_clear(&error);
		assert_int_equal(base_oid_parse(&base, bad[i], &error), -1);
		assert_int_equal(error.code, ERROR_USAGE);
	}
	for (size_t i = 0; i < 100; i++)
		memcpy(much + 3 + 2 * i, ".1", 3);
	error_clear(&error);
	assert_int_equal(base_oid_parse(&base, much, &error), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_good_poll_brings_its_answers),
	    cmocka_unit_test(bad_polls_fail),
	    cmocka_unit_test(crashes_hangs_and_floods_end),
	    cmocka_unit_test(many_answers_come_in_pieces),
	    cmocka_unit_test(the_first_line_says_which_protocol),
	    cmocka_unit_test(stopping_leaves_no_process),
	    cmocka_unit_test(base_oids_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
