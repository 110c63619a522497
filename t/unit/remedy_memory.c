/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Out of memory: what was begun gets its result, and the exit status says so. */
#include "t/unit/played.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/act/remedy.h"
#include "lib/base/arena.h"

void __gcov_dump(void) __attribute__((weak));

/* In the place of libc's: a run that measures coverage keeps what it has counted (tools/coverage). */
void _exit(int status)
{
	if (__gcov_dump != NULL)
		__gcov_dump();
	for (;;)
		syscall(SYS_exit_group, status);
}

/* The scene's run in a child whose memory ends, at the latest after the run; what it prints is in said. */
static int run_in_child(struct scene *scene, char *said, size_t size)
{
	int ends[2], status;
	ssize_t length;
	size_t used = 0;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_GONE));
		out_of_memory();
	}
	close(ends[1]);
	while ((length = read(ends[0], said + used, size - 1 - used)) > 0)
		used += (size_t)length;
	said[used] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	scene_read(scene);
	return WEXITSTATUS(status);
}

static void an_act_under_way_gets_its_result(void **state)
{
	struct scene *scene = *state;
	char said[512];

	play.at_act = out_of_memory;
	play.sessions = 3;
	scene->settings.max_percent = 100;
	assert_int_equal(run_in_child(scene, said, sizeof said), REMEDY_FAILED);
	assert_string_equal(scene->events, "plan intent result");
	assert_string_equal(scene->outcome, "failed");
	assert_string_equal(scene->reason, "the handler ran out of memory: whether it was done is not known");
	assert_string_equal(said, "CRITICAL: out of memory: 0 of 3 done, 1 not known\n");
}

static void no_memory_in_the_second_act(void)
{
	if (times("act") > 1)
		out_of_memory();
	play.act = ACT_REFUSES;
	play.pins[1] = PIN_SAME;
}

/* The first was refused by the host, and has its result; the third was not begun. */
static void what_is_finished_keeps_its_result(void **state)
{
	struct scene *scene = *state;
	char said[512];

	play.at_act = no_memory_in_the_second_act;
	play.sessions = 3;
	scene->settings.max_percent = 100;
	assert_int_equal(run_in_child(scene, said, sizeof said), REMEDY_FAILED);
	assert_string_equal(scene->events, "plan intent result intent result");
	assert_string_equal(said, "CRITICAL: out of memory: 0 of 3 done, 1 not known\n");
}

/* The run is over, and what it did is told: nothing of it is written again. */
static void after_the_run_there_are_no_last_words(void **state)
{
	struct scene *scene = *state;
	char said[512];

	assert_int_equal(run_in_child(scene, said, sizeof said), REMEDY_UNKNOWN);
	assert_string_equal(scene->events, "plan intent result end");
	assert_string_equal(scene->outcome, "done");
	assert_string_equal(said, "UNKNOWN: out of memory\n");
}

static void no_memory_in_the_list(struct session *session, size_t number)
{
	(void)session, (void)number;
	out_of_memory();
}

/* Nothing was begun: it is no information, as in any other program. */
static void before_the_acts_it_is_unknown(void **state)
{
	struct scene *scene = *state;
	char said[512];

	play.listed = no_memory_in_the_list;
	assert_int_equal(run_in_child(scene, said, sizeof said), REMEDY_UNKNOWN);
	assert_string_equal(scene->events, "");
	assert_non_null(strstr(said, "out of memory"));
}

static void no_memory_in_the_plan(const struct remedy_event *event)
{
	if (event->news == NEWS_PLANNED)
		out_of_memory();
}

static void before_the_first_intent_it_is_unknown(void **state)
{
	struct scene *scene = *state;
	char said[512];

	play.heard = no_memory_in_the_plan;
	assert_int_equal(run_in_child(scene, said, sizeof said), REMEDY_UNKNOWN);
	assert_string_equal(scene->events, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(an_act_under_way_gets_its_result, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(what_is_finished_keeps_its_result, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(after_the_run_there_are_no_last_words, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(before_the_acts_it_is_unknown, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(before_the_first_intent_it_is_unknown, scene_begin, scene_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
