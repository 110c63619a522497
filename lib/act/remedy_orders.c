/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Orders of earlier runs that were not seen to be done: the audit has them as "ordered".  If the present list shows
 * that one is done, it gets its result.  One that is still there is waited for and not ordered again.  After a time it
 * has failed, and the rule decides anew.
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "lib/act/audit.h"
#include "lib/act/audit_recent.h"
#include "lib/act/plan.h"
#include "lib/act/remedy.h"
#include "lib/act/remedy_run.h"
#include "lib/act/state.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/config/settings.h"
#include "lib/judge/select.h"
#include "lib/session/session.h"
#include "lib/session/session_json.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"

/* The part of the audit's end that is searched, bytes. */
enum { WINDOW = 1024 * 1024 };

/* A log-off takes up to a minute.  An order that is older than this, in ms, has failed. */
enum { ORDER_PATIENCE = 10 * 60 * 1000 };

enum seen { SEEN_DONE, SEEN_NOT, SEEN_UNKNOWN };

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text != NULL ? text : "";
}

/* The key of one session and act. */
static const char *order_key(struct arena *arena, const char *const parts[4], const char *action)
{
	return arena_printf(arena, "%s\x1f%s\x1f%s\x1f%s\x1f%s", parts[0], parts[1], parts[2], parts[3], action);
}

static const char *identity_key(const json_t *line, struct arena *arena)
{
	const json_t *session = json_object_get(line, "session");

	return order_key(arena,
	                 (const char *const[]){text_of(session, "host"), text_of(session, "id"),
	                                       text_of(session, "user"), text_of(session, "birth")},
	                 text_of(line, "action"));
}

static void take_line(json_t *orders, const char *bytes, size_t length, struct arena *arena)
{
	json_t *line = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, NULL);

	if (strcmp(text_of(line, "event"), "result") == 0) {
		const char *key = identity_key(line, arena);

		if (strcmp(text_of(line, "outcome"), "ordered") == 0)
			json_object_set(orders, key, line);
		else
			json_object_del(orders, key);
	}
	json_decref(line);
}

static void take_lines(json_t *orders, const char *bytes, size_t length, struct arena *arena)
{
	const char *end;

	for (size_t at = 0; (end = memchr(bytes + at, '\n', length - at)) != NULL; at = (size_t)(end - bytes) + 1)
		take_line(orders, bytes + at, (size_t)(end - (bytes + at)), arena);
}

/* The lines "ordered" that no later line closes.  NULL: the file cannot be read. */
static json_t *orders_read(const struct state_dir *dir, int fd, struct arena *arena, struct error *error)
{
	json_t *orders = json_object();
	char *bytes = must_alloc(WINDOW);
	struct stat status;
	ssize_t length = -1;

	if (fstat(fd, &status) == 0)
		length = audit_bytes(fd, bytes, WINDOW, status.st_size > WINDOW ? status.st_size - WINDOW : 0);
	if (length < 0) {
		error_errno(error, errno, STEP_NONE, "cannot read %s/" AUDIT_FILE, dir->path);
		json_decref(orders);
		orders = NULL;
	} else {
		take_lines(orders, bytes, (size_t)length, arena);
	}
	free(bytes);
	return orders;
}

static enum seen seen_in(const struct snapshot *snapshot, const struct session *ordered, const char *action)
{
	for (size_t i = 0; i < snapshot->count; i++) {
		const struct session *now = &snapshot->sessions[i];

		if (!text_same(now->id, ordered->id) || !text_same(now->host, ordered->host))
			continue;
		if (now->birth[0] == '\0') /* a ghost of this session or of another: unknown */
			return SEEN_UNKNOWN;
		if (!session_same_identity(now, ordered))
			continue;
		return strcmp(action, act_name(ACT_DISCONNECT)) == 0 && now->state == STATE_DISCONNECTED ? SEEN_DONE
		                                                                                         : SEEN_NOT;
	}
	return SEEN_DONE;
}

static enum seen seen_now(const struct run *run, const char *target, const char *action, const struct session *ordered)
{
	for (size_t i = 0; i < run->visit_count; i++) {
		const struct visit *visit = &run->visits[i];

		if (strcmp(visit->target->url, target) == 0)
			return visit->error.code == ERROR_NONE && visit->snapshot.complete
			           ? seen_in(&visit->snapshot, ordered, action)
			           : SEEN_UNKNOWN;
	}
	return SEEN_UNKNOWN;
}

/* True if the order may take effect for so long (ms) from now on.  A time in the future is not believed. */
static bool is_fresh(const json_t *line, int64_t longer)
{
	int64_t ordered, now = clock_now();

	return time_parse(text_of(line, "time"), &ordered) == 0 && ordered <= now &&
	       now + longer - ordered <= ORDER_PATIENCE;
}

static int close_order(struct run *run, const json_t *line, struct arena *arena, struct error *error)
{
	static const struct remedy_result done = {
	    .kind = RESULT_DONE,
	    .outcome = {.code = OUTCOME_DONE, .detail = "an earlier run had ordered it"},
	};
	static const struct remedy_result failed = {
	    .kind = RESULT_FAILED,
	    .error = {.code = ERROR_TIMEOUT, .text = "an earlier run had ordered it, and it is still there"},
	};
	struct remedy_event event = {.news = NEWS_CLOSED};
	struct error unreadable = {0};
	struct session session;

	event.action = text_of(line, "action");
	event.target = text_of(line, "target");
	event.session = &session;
	if (session_from_json(json_object_get(line, "session"), &session, arena, &unreadable) < 0)
		return 0;
	switch (seen_now(run, event.target, event.action, &session)) {
	case SEEN_DONE:
		event.result = &done;
		return run_tell(run, event, error);
	case SEEN_NOT:
		event.result = &failed;
		return is_fresh(line, 0) ? 0 : run_tell(run, event, error);
	case SEEN_UNKNOWN:
		break;
	}
	return 0;
}

/* The line "ordered" of what an earlier run has ordered and this one would order again; NULL: there is none.  What a
   rule or a policy selects is not ordered twice.  A session that is named may be: that may be the second try. */
static const json_t *order_under_way(const struct remedy_order *order, const struct plan_item *item,
                                     const json_t *orders, int64_t longer, struct arena *arena)
{
	const struct rule *rule = &order->rule;
	const struct session *session = item->session;
	const char *const parts[] = {session->host, session->id, session->user, session->birth};
	const json_t *line;

	if (!plan_item_due(item) || rule->ids.count > 0 || (rule->from_stdin && !order->by_policy))
		return NULL;
	line = json_object_get(orders, order_key(arena, parts, act_name(order->action.act)));
	if (line == NULL || !is_fresh(line, longer) || strcmp(text_of(line, "target"), item->visit->target->url) != 0)
		return NULL;
	return line;
}

static int wait_for_orders(struct run *run, const json_t *orders, struct arena *arena, struct error *error)
{
	int result = 0;

	for (size_t i = 0; i < run->plan.count && result == 0; i++) {
		struct plan_item *item = &run->plan.items[i];
		const struct session *session = item->session;
		const json_t *line = order_under_way(run->order, item, orders, 0, arena);

		if (line == NULL)
			continue;
		plan_item_wait(&run->plan, item);
		run->tally.ordered++;
		result = run_tell(
		    run,
		    (struct remedy_event){.news = NEWS_PENDING,
		                          .item = item,
		                          .session = session,
		                          .note = arena_printf(arena, "%s, by an earlier run; not yet seen to end",
		                                               text_of(line, "time"))},
		    error);
	}
	return result;
}

int remedy_close_orders(struct run *run, struct error *error)
{
	struct arena arena = {0};
	json_t *orders = orders_read(&run->state, run->audit.fd, &arena, error), *line;
	const char *key;
	int result = 0;

	if (orders == NULL) /* earlier orders are unknown: nothing is ordered a second time */
		return -1;
	json_object_foreach (orders, key, line) {
		result = close_order(run, line, &arena, error);
		if (result < 0)
			break;
	}
	if (result == 0)
		result = wait_for_orders(run, orders, &arena, error);
	json_decref(orders);
	arena_free(&arena);
	return result;
}

/* The orders of earlier runs, read before this run has opened anything.  False: there is no audit, and so none;
 *orders: NULL: they cannot be read. */
static bool orders_look(const struct settings *settings, struct arena *arena, json_t **orders)
{
	struct error ignored = {0}; /* the run says what is wrong with the file */
	struct state_dir dir;
	int fd;

	if (state_dir_open_as(&dir, settings->state_dir, settings->state_dir_shared, &ignored) < 0)
		return false;
	fd = state_file_open_existing(&dir, AUDIT_FILE, O_RDONLY, &ignored);
	if (fd >= 0) {
		*orders = orders_read(&dir, fd, arena, &ignored);
		close(fd);
	}
	state_dir_close(&dir);
	return fd >= 0;
}

bool remedy_orders_wait(const struct run *run)
{
	struct arena arena = {0};
	json_t *orders = NULL;
	bool wait =
	    orders_look(run->order->settings, &arena, &orders) && (orders == NULL || json_object_size(orders) > 0);

	json_decref(orders);
	arena_free(&arena);
	return wait;
}

void remedy_orders_leave_out(const struct remedy_order *order, struct plan *plan)
{
	struct arena arena = {0};
	json_t *orders = NULL;

	/* Those that are under way to the end of the run: what may be ordered again by its own plan counts here, too.
	 */
	if (!orders_look(order->settings, &arena, &orders) || orders == NULL)
		orders = json_object();
	for (size_t i = 0; i < plan->count; i++)
		if (order_under_way(order, &plan->items[i], orders, order->settings->timeout, &arena) != NULL)
			plan_item_wait(plan, &plan->items[i]);
	json_decref(orders);
	arena_free(&arena);
}
