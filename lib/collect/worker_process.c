/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/collect/worker_process.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/base/trust.h"
#include "lib/child/spawn.h"
#include "lib/collect/worker.h"

enum { CONNECTED = CHILD_IN | CHILD_OUT | CHILD_ERR };

static int start_program(struct child *worker, const struct provider *provider, struct error *error)
{
	char path[PATH_MAX], parent[24], option[] = "--parent", *arguments[] = {path, option, parent, NULL};
	struct spawn spawn = {.path = path, .arguments = arguments, .environment = environ};

	snprintf(parent, sizeof parent, "%ld", (long)getpid());
	if (helper_find(path, provider->scheme, provider->program, error) < 0)
		return -1;
	return child_start(worker, provider->program, spawn, CONNECTED, error);
}

/* A linked-in provider, used beside others: a child of this program speaks the same protocol. */
static int serve_inside(void *context)
{
	return worker_serve(context);
}

int worker_start(struct child *worker, const struct provider *provider, struct error *error)
{
	struct spawn spawn = {.function = serve_inside, .context = (void *)(uintptr_t)provider};

	*worker = (struct child){.name = provider->scheme, .pidfd = -1, .in = -1, .out = -1, .err = -1};
	if (provider->program != NULL)
		return start_program(worker, provider, error);
	return child_start(worker, provider->scheme, spawn, CONNECTED, error);
}

void worker_lost(struct child *worker, enum step step, struct error *error)
{
	struct error how = {0};
	const char *name = worker->name;
	bool half = worker->half;

	child_stop(worker, error->code == ERROR_NONE ? WORKER_STATUS_WAIT : 0, &how);
	if (error->code != ERROR_NONE)
		return;
	if (half)
		error_set(error, ERROR_PROTOCOL, step, "%s exited in the middle of a line", name);
	else if (how.code == ERROR_NONE)
		error_set(error, ERROR_PROTOCOL, step, "%s closed its output", name);
	else
		*error = how;
	error->step = step;
}
