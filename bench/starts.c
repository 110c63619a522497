/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * usage: starts NUMBER COMMAND... [-- COMMAND...]...
 * Starts each command NUMBER times, in turns, its output into a pipe as a monitoring server does, and prints a line
 * for each: medians of CPU and wall time (us), largest peak (KiB), exit status.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_COMMANDS = 16 };

struct command {
	char **arguments;
	int64_t *cpu, *wall; /* us */
	long peak;
	int status;
};

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static int64_t microseconds(struct timeval time)
{
	return (int64_t)time.tv_sec * 1000000 + time.tv_usec;
}

static pid_t start(const struct command *command, int out)
{
	extern char **environ;
	posix_spawn_file_actions_t actions;
	pid_t pid;

	if (posix_spawn_file_actions_init(&actions) != 0 || posix_spawn_file_actions_adddup2(&actions, out, 1) != 0 ||
	    posix_spawn(&pid, command->arguments[0], &actions, NULL, command->arguments, environ) != 0)
		die(command->arguments[0]);
	posix_spawn_file_actions_destroy(&actions);
	return pid;
}

static void run(struct command *command, size_t number)
{
	struct rusage usage;
	char text[4096];
	int64_t begun = now();
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		die("pipe");
	pid = start(command, ends[1]);
	close(ends[1]);
	while (read(ends[0], text, sizeof text) > 0)
		;
	close(ends[0]);
	if (wait4(pid, &command->status, 0, &usage) != pid)
		die("wait4");
	command->wall[number] = now() - begun;
	command->cpu[number] = microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
	if (usage.ru_maxrss > command->peak)
		command->peak = usage.ru_maxrss;
}

static int compare(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

static void tell(struct command *command, size_t count)
{
	qsort(command->cpu, count, sizeof *command->cpu, compare);
	qsort(command->wall, count, sizeof *command->wall, compare);
	printf("%" PRId64 " %" PRId64 " %ld %d\n", command->cpu[count / 2], command->wall[count / 2], command->peak,
	       WIFEXITED(command->status) ? WEXITSTATUS(command->status) : 255);
}

int main(int argc, char **argv)
{
	struct command commands[MOST_COMMANDS] = {{0}};
	size_t count = argc > 2 ? strtoul(argv[1], NULL, 10) : 0, used = 0;

	if (count == 0) {
		fputs("usage: starts NUMBER COMMAND... [-- COMMAND...]...\n", stderr);
		return 2;
	}
	for (int i = 2; i < argc && used < MOST_COMMANDS; i++) {
		commands[used++].arguments = argv + i;
		while (i < argc && strcmp(argv[i], "--") != 0)
			i++;
		argv[i] = NULL; /* argv[argc] is one anyway */
	}
	for (size_t i = 0; i < used; i++) {
		commands[i].cpu = calloc(count, sizeof *commands[i].cpu);
		commands[i].wall = calloc(count, sizeof *commands[i].wall);
		if (commands[i].cpu == NULL || commands[i].wall == NULL)
			die("memory");
	}
	for (size_t number = 0; number < count; number++)
		for (size_t i = 0; i < used; i++)
			run(&commands[i], number);
	for (size_t i = 0; i < used; i++)
		tell(&commands[i], count);
	return 0;
}
