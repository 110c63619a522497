/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One process as /proc shows it; the lines are in the form of proc(5). */
#include "t/unit/test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/session/session.h"
#include "providers/linux/memory.h"
#include "providers/linux/process.h"

#define REST " 4194560 1 0 0 0 0 0 0 0 20 0 1 0 335818 2609152 384 18446744073709551615"

static void a_line_is_read(void **state)
{
	static const char shell[] = "812 (bash) S 811 812 812 34817 900" REST;
	struct process process;

	(void)state;
	assert_int_equal(process_parse(shell, strlen(shell), &process), 0);
	assert_int_equal(process.pid, 812);
	assert_int_equal(process.parent, 811);
	assert_int_equal(process.session, 812);
	assert_int_equal(process.terminal, makedev(136, 1));
	assert_int_equal(process.start, 335818);
	assert_string_equal(process.name, "bash");
	assert_true(process.uid == (uid_t)-1);
}

/* Without a group, a session, a terminal: one that is being reaped, and a thread of the kernel's. */
static void what_it_lacks_is_no_error(void **state)
{
	static const char reaped[] = "812 (bash) Z 811 -1 -1 0 -1" REST, thread[] = "2 (kthreadd) S 0 0 0 0 -1" REST;
	struct process process;

	(void)state;
	assert_int_equal(process_parse(reaped, strlen(reaped), &process), 0);
	assert_int_equal(process.session, -1);
	assert_int_equal(process_parse(thread, strlen(thread), &process), 0);
	assert_int_equal(process.parent, 0);
	assert_int_equal(process.terminal, 0);
}

/* Its own time and that of the children it has waited for (fields 14 to 17 of proc(5)). */
static void the_time_it_used_is_read(void **state)
{
	static const char line[] =
	    "812 (make) S 811 812 812 0 -1 4194560 1 2 3 4 50 6 700 8000 20 0 1 0 335818 2609152";
	static const char odd[] = "812 (make) S 811 812 812 0 -1 4194560 1 2 3 4 x 6 700 8000 20 0 1 0 335818 2609152";
	struct process process;

	(void)state;
	assert_int_equal(process_parse(line, strlen(line), &process), 0);
	assert_int_equal(process.cpu, 8756);
	assert_int_equal(process.start, 335818);
	assert_int_equal(process_parse(odd, strlen(odd), &process), -1);
}

/* Field 24: what it has in memory, pages; a line that is cut before it is no error. */
static void what_it_has_in_memory_is_read(void **state)
{
	static const char whole[] = "812 (make) S 811 812 812 0 -1 4194560 1 2 3 4 50 6 700 8000 20 0 1 0 335818 "
	                            "2609152 1234 18446744073709551615";
	static const char cut[] = "812 (make) S 811 812 812 0 -1 4194560 1 2 3 4 50 6 700 8000 20 0 1 0 335818 2609152";
	static const char odd[] =
	    "812 (make) S 811 812 812 0 -1 4194560 1 2 3 4 50 6 700 8000 20 0 1 0 335818 2609152 -5 1";
	struct process process;
	struct session session;
	struct arena arena = {0};

	(void)state;
	assert_int_equal(process_parse(whole, strlen(whole), &process), 0);
	assert_int_equal(process.resident, 1234);
	assert_int_equal(process_parse(cut, strlen(cut), &process), 0);
	assert_int_equal(process.resident, 0);
	assert_int_equal(process_parse(odd, strlen(odd), &process), 0);
	assert_int_equal(process.resident, 0);
	assert_int_equal(process_read(getpid(), &process), 0);
	assert_true(process.resident > 0);
	session_init(&session);
	memory_fact(&session, 0, &arena);
	assert_int_equal(session.facts.count, 0);
	memory_fact(&session, 4096, &arena);
	assert_string_equal(session.facts.items[0], "memory=4096");
	arena_free(&arena);
}

static void memory_is_read(void **state)
{
	static const char meminfo[] = "MemTotal:       24689764 kB\nMemFree:         1000 kB\n"
	                              "MemAvailable:   12000000 kB\nBuffers: 5 kB\n";
	static const char *const bad[] = {"", "MemTotal: 5 kB\n", "MemTotal: 5 kB\nMemAvailable: 6 kB\n",
	                                  "MemTotal: 5 MB\nMemAvailable: 4 kB\n",
	                                  "MemTotal: 0 kB\nMemAvailable: 0 kB\n"};
	struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(memory_parse(bad[i], &snapshot), -1);
	assert_int_equal(snapshot.memory_total, 0);
	assert_int_equal(memory_parse(meminfo, &snapshot), 0);
	assert_int_equal(snapshot.memory_total, 24689764);
	assert_int_equal(snapshot.memory_available, 12000000);
	snapshot_init(&snapshot);
	memory_fill(&snapshot); /* this machine */
	assert_true(snapshot.memory_total > 0 && snapshot.memory_available <= snapshot.memory_total);
}

static void nonsense_is_refused(void **state)
{
	static const char *const bad[] = {
	    "0 (x) S 1 1 1 0 -1" REST,           "-1 (x) S 1 1 1 0 -1" REST, "812 (x) S - 1 1 0 -1" REST,
	    "99999999999 (x) S 1 1 1 0 -1" REST, "812 (x) S 1 1 1",          "812 (x) S 1 1 1 0 -1 4194560 1 0",
	    "812 (x) S -1 1 1 0 -1" REST,
	};
	struct process process;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(process_parse(bad[i], strlen(bad[i]), &process), -1);
}

static void this_one_is_there(void **state)
{
	struct process process;

	(void)state;
	assert_int_equal(process_read(getpid(), &process), 0);
	assert_int_equal(process.pid, getpid());
	assert_int_equal(process.parent, getppid());
	assert_true(process.uid == geteuid());
	assert_true(process_descends(getpid(), getppid()));
	assert_int_equal(process_read(0, &process), -1);
}

/* The caller's bytes need no end: nothing behind the length is looked at. */
static void only_the_line_is_read(void **state)
{
	static const char whole[] = "4711 (sh) S 1 4711 4711 34816 4711 4194304 1 2 3 4 5 6 7 8 20 0 1 0 98765 1 2";

	(void)state;
	for (size_t length = 0; length < sizeof whole - 1; length++) {
		char *line = malloc(length + 1); /* exactly: a sanitizer sees one byte more */
		struct process process;

		assert_non_null(line);
		memcpy(line, whole, length);
		line[length] = '(';
		line = realloc(line, length > 0 ? length : 1);
		assert_non_null(line);
		if (process_parse(line, length, &process) == 0)
			assert_true(length >=
			            strlen("4711 (sh) S 1 4711 4711 34816 4711 4194304 1 2 3 4 5 6 7 8 20 0 1 0 9"));
		free(line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_line_is_read),
	    cmocka_unit_test(only_the_line_is_read),
	    cmocka_unit_test(what_it_lacks_is_no_error),
	    cmocka_unit_test(nonsense_is_refused),
	    cmocka_unit_test(the_time_it_used_is_read),
	    cmocka_unit_test(what_it_has_in_memory_is_read),
	    cmocka_unit_test(memory_is_read),
	    cmocka_unit_test(this_one_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
