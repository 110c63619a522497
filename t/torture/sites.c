/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "t/torture/sites.h"

#include <execinfo.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Two stacks that differ further out than this are one place. */
enum { SITES = 1 << 14, FRAMES = 24 };

static struct site {
	uint64_t stack; /* 0: free */
	int call;
	unsigned long first, last, first_any, last_any;
} sites[SITES];
static int remembering;
static atomic_flag lock = ATOMIC_FLAG_INIT;
static _Thread_local int inside; /* what backtrace() calls is no place of the program */

void sites_begin(void)
{
	void *frames[2];

	backtrace(frames, 2); /* loads what it needs */
	remembering = 1;
}

static uint64_t stack_hash(int call)
{
	void *frames[FRAMES];
	int count = backtrace(frames, FRAMES);
	uint64_t hash = (uint64_t)call + 1;

	for (int i = 0; i < count; i++)
		hash = (hash ^ (uint64_t)(uintptr_t)frames[i]) * UINT64_C(1099511628211);
	return hash | 1;
}

static struct site *site_find(uint64_t stack)
{
	struct site *site = &sites[stack >> 32 & (SITES - 1)];

	for (int i = 0; i < SITES && site->stack != 0 && site->stack != stack; i++)
		site = site + 1 < sites + SITES ? site + 1 : sites;
	return site;
}

void sites_count(int call, unsigned long number, unsigned long number_any)
{
	struct site *site;
	uint64_t stack;

	if (!remembering || inside)
		return;
	inside = 1;
	stack = stack_hash(call);
	while (atomic_flag_test_and_set(&lock))
		;
	site = site_find(stack);
	if (site->stack == 0)
		*site = (struct site){.stack = stack, .call = call, .first = number, .first_any = number_any};
	site->last = number;
	site->last_any = number_any;
	atomic_flag_clear(&lock);
	inside = 0;
}

void sites_report(const char *const *names)
{
	const char *path = remembering ? getenv("FAULT_SITES") : NULL;
	char line[160];
	int fd, length;

	if (path == NULL || (fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND, 0666)) < 0)
		return;
	for (const struct site *site = sites; site < sites + SITES; site++) {
		if (site->stack == 0)
			continue;
		length = snprintf(line, sizeof line, "%s %lu %lu %lu %lu\n", names[site->call], site->first, site->last,
		                  site->first_any, site->last_any);
		(void)!syscall(SYS_write, fd, line, (size_t)length);
	}
	syscall(SYS_close, fd);
}
