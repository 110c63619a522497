/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who the programs are, what time it is, and waiting: answered by the simulation (linked with --wrap, simulation.mk).
 */
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include "t/simulation/calls.h"
#include "t/simulation/chance.h"
#include "t/simulation/clockwork.h"
#include "t/simulation/process.h"

uid_t __wrap_geteuid(void);
uid_t __wrap_geteuid(void)
{
	return ACCOUNT;
}

uid_t __wrap_getuid(void);
uid_t __wrap_getuid(void)
{
	return ACCOUNT;
}

pid_t __wrap_getpid(void);
pid_t __wrap_getpid(void)
{
	return process_now != NULL ? process_now->pid : 1;
}

ssize_t __wrap_getrandom(void *bytes, size_t length, unsigned flags);
ssize_t __wrap_getrandom(void *bytes, size_t length, unsigned flags)
{
	(void)flags;
	for (size_t i = 0; i < length; i++)
		((unsigned char *)bytes)[i] = (unsigned char)chance_next();
	return (ssize_t)length;
}

/* What runs at the end of a life is not waited for. */
enum { DEAD_TICK = 1000 };

static int64_t time_now(void)
{
	if (process_now == NULL || !process_now->dead)
		return virtual_time.now;
	return process_now->own_time += DEAD_TICK;
}

static struct timespec timespec_of(int64_t time)
{
	return (struct timespec){.tv_sec = (time_t)(time / 1000), .tv_nsec = (long)(time % 1000) * 1000000};
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
	int64_t time = time_now();

	*now = timespec_of(clock == CLOCK_REALTIME ? time + virtual_time.ahead : time - virtual_time.started_at);
	return 0;
}

static void wait_for(int64_t length)
{
	if (process_step() == 0)
		time_pass(length);
}

int __wrap_nanosleep(const struct timespec *length, struct timespec *left);
int __wrap_nanosleep(const struct timespec *length, struct timespec *left)
{
	(void)left;
	wait_for((int64_t)length->tv_sec * 1000 + length->tv_nsec / 1000000);
	return 0;
}

int __wrap_setitimer(int which, const struct itimerval *new, struct itimerval *old);
int __wrap_setitimer(int which, const struct itimerval *new, struct itimerval *old)
{
	(void)which, (void)new, (void)old;
	return 0;
}

/* The engine does with one lane what others would do beside it. */
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *context);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *context)
{
	(void)thread, (void)attributes, (void)start, (void)context;
	return EAGAIN;
}

int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *until);
int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *until)
{
	int64_t left = (int64_t)until->tv_sec * 1000 + until->tv_nsec / 1000000 + virtual_time.started_at - time_now();

	(void)condition, (void)mutex;
	wait_for(left > 0 ? left : 0);
	return ETIMEDOUT;
}
