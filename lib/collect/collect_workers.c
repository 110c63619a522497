/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tasks (unfinished visits) wait in a queue per provider.  Slots (one worker process each) take them, many at once if
 * the provider has MANY_HOSTS.
 *
 * A worker that fails costs no other target: its unanswered tasks go back into the queue, and each is run by a new
 * process of its own.  A task is only blamed for a failure if it was alone in a new process.
 */
#include "lib/collect/collect_workers.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/child/child.h"
#include "lib/child/protocol.h"
#include "lib/collect/collect_queue.h"
#include "lib/collect/worker_process.h"
#include "lib/collect/worker_protocol.h"
#include "lib/session/session.h"
#include "lib/session/session_json.h"
#include "lib/tape/tape.h"
#include "lib/target/provider.h"

enum {
	DEFAULT_PROCESSES = 8,
	EXIT_TIME = 200,     /* ms to exit after the last target */
	LONGEST_WAIT = 60000 /* ms; poll() takes an int */
};

struct slot {
	struct child worker;
	struct queue *queue;
	struct visit **visits; /* of the present request; a reply names its index in here */
	size_t count, unanswered;
	json_int_t id;
	int64_t kill_at; /* monotonic ms */
	bool used;       /* has served another request before */
	bool alone;
	bool idle; /* waits for the end of the run */
	bool ended;
};

struct run {
	const struct collect_options *options;
	struct queue *queues;
	size_t queue_count;
	struct slot *slots;
	size_t slot_count;
	size_t unfinished;
	unsigned processes;
};

static void finish(struct run *run, struct visit *visit)
{
	run->unfinished--;
	visit_finish(visit, run->options->progress, run->options->context);
}

/* Takes tasks from the queue and sends them to the worker. */
static void slot_ask(struct run *run, struct slot *slot)
{
	struct queue *queue = slot->queue;
	struct deadline deadline = deadline_earlier(deadline_in(run->options->target_timeout), run->options->overall);
	json_t *targets = json_array(), *request;
	unsigned needs = 0;

	slot->alone = queue->tasks[queue->next].alone;
	slot->count = 0;
	do {
		struct visit *visit = queue->tasks[queue->next++].visit;

		visit->deadline = deadline;
		trail_begin(&visit->trail);
		slot->visits[slot->count++] = visit;
		json_array_append_new(targets, target_to_json(visit->target));
		needs |= visit->needs;
	} while (slot->count < queue->chunk && queue->next < queue->count && !slot->alone &&
	         !queue->tasks[queue->next].alone);
	slot->unanswered = slot->count;
	/* Hosts that hang all end at the deadline, and each needs its answer written: on a busy machine that takes
	   time. A worker that is ended in the midst of it costs a process, and the same time again, for each of them.
	 */
	slot->kill_at = deadline.at + WORKER_ANSWER_GRACE + (int64_t)slot->count * WORKER_TARGET_GRACE;
	request = json_pack("{sI ss so so sb}", "id", ++slot->id, "op", "list", "targets", targets, "needs",
	                    needs_to_json(needs), "brief", 1);
	deadline_to_json(request, &deadline);
	tape_to_request(request);
	line_send(&slot->worker, request);
}

static void slot_end(struct slot *slot, int64_t wait, struct error *how)
{
	child_stop(&slot->worker, wait, how);
	free(slot->visits);
	slot->visits = NULL;
	slot->ended = true;
	slot->queue->running--;
}

/* The slot has failed.  A target is blamed only if it was alone in it. */
static void slot_fail(struct run *run, struct slot *slot, const struct error *why)
{
	struct error ignored = {0};
	bool blame = slot->count == 1 && !slot->used;

	for (size_t i = 0; i < slot->count; i++) {
		struct visit *visit = slot->visits[i];

		if (visit->finished)
			continue;
		snapshot_free(&visit->snapshot);
		error_clear(&visit->error);
		if (!blame) {
			task_add(slot->queue, visit, true);
			continue;
		}
		visit->error = *why;
		finish(run, visit);
	}
	slot_end(slot, 0, &ignored);
}

/* No process can be started, and none is running: every task fails at once. */
static void queue_fail(struct run *run, struct queue *queue, const struct error *why)
{
	while (queue->next < queue->count) {
		struct visit *visit = queue->tasks[queue->next++].visit;

		visit->error = *why;
		finish(run, visit);
	}
}

static struct slot *slot_place(struct run *run)
{
	for (size_t i = 0; i < run->slot_count; i++)
		if (run->slots[i].ended)
			return &run->slots[i];
	return &run->slots[run->slot_count++];
}

/* True if a running worker will end and free the resources that a new process lacks.  Idle workers are ended for it. */
static bool room_will_come(struct run *run, const struct error *why)
{
	struct error ignored = {0};
	bool comes = false;

	if (why->native != EMFILE && why->native != ENFILE && why->native != EAGAIN && why->native != ENOMEM)
		return false;
	for (size_t i = 0; i < run->slot_count; i++) {
		struct slot *slot = &run->slots[i];

		if (slot->ended || slot->queue == NULL)
			continue;
		comes = true;
		if (slot->idle)
			slot_end(slot, 0, &ignored);
	}
	return comes;
}

/* false: no process can be started now; the tasks stay in the queue. */
static bool slot_start(struct run *run, struct queue *queue)
{
	struct slot *slot = slot_place(run);
	struct error error = {0};

	memset(slot, 0, sizeof *slot);
	slot->queue = queue;
	slot->visits = must_alloc(queue->chunk * sizeof *slot->visits);
	queue->running++;
	if (worker_start(&slot->worker, queue->provider, &error) == 0) {
		slot_ask(run, slot);
		return true;
	}
	slot_end(slot, 0, &(struct error){0});
	if (room_will_come(run, &error))
		return false;
	queue_fail(run, queue, &error);
	return true;
}

/* Tasks that came back need new processes: ends an idle one to make room. */
static void make_room(struct run *run, struct queue *queue)
{
	struct error ignored = {0};

	for (size_t i = 0; i < run->slot_count && queue->running == run->processes; i++)
		if (run->slots[i].queue == queue && !run->slots[i].ended && run->slots[i].idle)
			slot_end(&run->slots[i], 0, &ignored);
}

static void start_more(struct run *run)
{
	for (size_t i = 0; i < run->queue_count; i++) {
		struct queue *queue = &run->queues[i];

		if (queue->next < queue->count)
			make_room(run, queue);
		while (queue->next < queue->count && queue->running < run->processes)
			if (!slot_start(run, queue))
				return;
	}
}

/* An idle slot takes the next target, unless that needs a process of its own. */
static void slot_continue(struct run *run, struct slot *slot)
{
	struct queue *queue = slot->queue;
	struct error ignored = {0};

	if (queue->next < queue->count && !queue->tasks[queue->next].alone && !slot->alone) {
		slot->used = true;
		slot_ask(run, slot);
		return;
	}
	if (queue->next < queue->count)
		slot_end(slot, 0, &ignored);
	else
		slot->idle = true;
}

/* One reply: {"id":…,"target":N,"snapshot":{…}} or with "error"; or, while it records, {"id":…,"exchange":{…}}.  -1:
   against the rules. */
static int reply_take(struct run *run, struct slot *slot, const char *line, size_t length)
{
	json_t *json = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
	json_t *failure = json_object_get(json, "error"), *snapshot = json_object_get(json, "snapshot");
	json_t *target = json_object_get(json, "target"), *id = json_object_get(json, "id");
	json_t *exchange = json_object_get(json, "exchange");
	json_int_t place = json_integer_value(target);
	struct visit *visit;

	if (json_is_object(exchange)) {
		tape_put(json_incref(exchange));
		json_decref(json);
		return 0;
	}
	if (!json_is_integer(id) || json_integer_value(id) != slot->id || !json_is_integer(target) || place < 0 ||
	    (size_t)place >= slot->count || slot->visits[place]->finished || (failure == NULL) == (snapshot == NULL)) {
		json_decref(json);
		return -1;
	}
	visit = slot->visits[place];
	trail_from_json(json_object_get(json, "trail"), &visit->trail);
	if (failure != NULL)
		error_from_json(failure, &visit->error);
	else if (snapshot_from_json(snapshot, &visit->snapshot, &visit->error) < 0)
		visit->error.step = STEP_LIST;
	json_decref(json);
	slot->unanswered--;
	finish(run, visit);
	return 0;
}

/* The output ended before everything was answered. */
static void slot_deserted(struct run *run, struct slot *slot)
{
	struct error why = {0};

	worker_lost(&slot->worker, STEP_LIST, &why);
	slot_fail(run, slot, &why);
}

static void slot_serve(struct run *run, struct slot *slot)
{
	struct error error = {0};
	int ended = line_move(&slot->worker, &error);
	const char *line;
	size_t length;

	while (!slot->ended && (line = child_line(&slot->worker, &length)) != NULL) {
		if (reply_take(run, slot, line, length) == 0)
			continue;
		error_set(&error, ERROR_PROTOCOL, STEP_LIST, "%s sent an unexpected reply", slot->worker.name);
		slot_fail(run, slot, &error);
	}
	if (slot->ended)
		return;
	if (error.code != ERROR_NONE)
		slot_fail(run, slot, &error);
	else if (ended < 0)
		slot_deserted(run, slot);
	else if (slot->unanswered == 0 && !slot->idle)
		slot_continue(run, slot);
}

static void slot_late(struct run *run, struct slot *slot)
{
	struct error why = {0};

	error_set(&why, ERROR_TIMEOUT, STEP_LIST, "%s did not answer in time", slot->worker.name);
	slot_fail(run, slot, &why);
}

/* Waits until something can be read or written, or the next slot's deadline. */
static void await(struct run *run, struct pollfd *polls)
{
	struct deadline next = run->options->overall;
	int64_t wait;

	for (size_t i = 0; i < run->slot_count; i++) {
		struct slot *slot = &run->slots[i];

		if (slot->ended) {
			for (size_t j = 0; j < CHILD_POLLS; j++)
				polls[i * CHILD_POLLS + j].fd = -1;
			continue;
		}
		child_polls(&slot->worker, &polls[i * CHILD_POLLS]);
		if (!slot->idle)
			next = deadline_earlier(next, (struct deadline){slot->kill_at});
	}
	wait = deadline_left(&next);
	(void)!poll(polls, run->slot_count * CHILD_POLLS, wait < LONGEST_WAIT ? (int)wait : LONGEST_WAIT);
}

static bool stirred(const struct pollfd *polls)
{
	for (size_t i = 0; i < CHILD_POLLS; i++)
		if (polls[i].revents != 0)
			return true;
	return false;
}

static void step(struct run *run, struct pollfd *polls)
{
	size_t count = run->slot_count;

	await(run, polls);
	for (size_t i = 0; i < count; i++) {
		struct slot *slot = &run->slots[i];

		if (!slot->ended && stirred(&polls[i * CHILD_POLLS]))
			slot_serve(run, slot);
		if (!slot->ended && !slot->idle && slot->kill_at <= clock_monotonic())
			slot_late(run, slot);
	}
	start_more(run);
}

/* The deadline of the run has passed. */
static void give_up(struct run *run, struct visit *visits, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (visits[i].finished)
			continue;
		snapshot_free(&visits[i].snapshot);
		error_clear(&visits[i].error);
		error_set(&visits[i].error, ERROR_TIMEOUT, STEP_LIST, "the run's time was over before it answered");
		finish(run, &visits[i]);
	}
}

/* Tells every worker to end before waiting for the first. */
static void dismiss(struct run *run, bool done)
{
	struct error ignored = {0};

	for (size_t i = 0; i < run->slot_count; i++)
		if (!run->slots[i].ended)
			child_hang_up(&run->slots[i].worker);
	for (size_t i = 0; i < run->slot_count; i++)
		if (!run->slots[i].ended)
			slot_end(&run->slots[i], done ? EXIT_TIME : 0, &ignored);
}

void collect_workers(struct visit *visits, size_t count, const struct collect_options *options)
{
	struct run run = {
	    .options = options,
	    .unfinished = count,
	    .processes = options->processes > 0 ? options->processes : DEFAULT_PROCESSES,
	};
	struct pollfd *polls;
	size_t most;

	run.queues = queues_make(visits, count, &run.queue_count);
	most = run.queue_count * run.processes;
	run.slots = must_alloc(most * sizeof *run.slots);
	polls = must_alloc(most * CHILD_POLLS * sizeof *polls);
	if (!deadline_passed(&options->overall))
		start_more(&run);
	while (run.unfinished > 0 && !deadline_passed(&options->overall))
		step(&run, polls);
	dismiss(&run, run.unfinished == 0);
	give_up(&run, visits, count);
	queues_free(run.queues, run.queue_count);
	free(run.slots);
	free(polls);
}
