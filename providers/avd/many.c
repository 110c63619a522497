/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any number of pools in one loop; how many requests are under way at once is the loop's business. */
#include <stdlib.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/target/provider.h"
#include "providers/avd/avd.h"
#include "providers/avd/azure.h"
#include "providers/avd/list.h"
#include "providers/avd/place.h"
#include "providers/http/http.h"

struct task {
	struct visit *visit;
	struct arena arena;
	struct place place;
	struct account *account;
	visit_done *done;
	void *context;
};

static void finish(struct task *task)
{
	arena_free(&task->arena);
	visit_finish(task->visit, task->done, task->context);
}

static void listed(void *context, const struct error *error)
{
	struct task *task = context;

	task->visit->error = *error;
	finish(task);
}

static void logged_in(void *context, const struct error *error)
{
	struct task *task = context;
	struct visit *visit = task->visit;
	const struct list_order order = {
	    .account = task->account,
	    .place = &task->place,
	    .deadline = visit->deadline,
	    .trail = &visit->trail,
	    .snapshot = &visit->snapshot,
	    .births = (visit->needs & NEED_BIRTHS) != 0,
	};

	if (error->code != ERROR_NONE) {
		listed(task, error);
		return;
	}
	trail_mark(&visit->trail, STEP_LOGIN);
	list_begin(&order, listed, task);
}

static void begin(struct task *task, struct azure *azure)
{
	struct visit *visit = task->visit;

	trail_begin(&visit->trail);
	if (place_parse(&task->place, visit->target->address, &task->arena, &visit->error) == 0)
		task->account = account_for(azure, visit->target, &visit->error);
	if (task->account == NULL)
		finish(task);
	else
		token_want(task->account, &visit->deadline, logged_in, task);
}

void avd_list_many(struct visit **visits, size_t count, visit_done *done, void *context)
{
	struct task *tasks = must_alloc((count + 1) * sizeof *tasks);
	struct azure *azure = azure_new();

	for (size_t i = 0; i < count; i++) {
		tasks[i] = (struct task){.visit = visits[i], .done = done, .context = context};
		if (azure != NULL) {
			begin(&tasks[i], azure);
			continue;
		}
		error_set(&visits[i]->error, ERROR_SYSTEM, STEP_OPEN, "libcurl could not be started");
		finish(&tasks[i]);
	}
	if (azure != NULL)
		http_run(azure->loop, NULL);
	azure_free(azure);
	free(tasks);
}
