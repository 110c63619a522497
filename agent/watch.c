/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/watch.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agent/cell_text.h"
#include "agent/columns.h"
#include "agent/grid.h"
#include "agent/table.h"
#include "agent/trap.h"
#include "agent/trap_queue.h"
#include "agent/value.h"
#include "lib/base/arena.h"
#include "lib/judge/classify.h"
#include "lib/session/session.h"

/* One look: the tables, and where its notifications go. */
struct look {
	const struct watch_rule *rule;
	struct grid hosts, sessions;
	struct trap_queue *queue;
	int64_t monotonic;
};

static void watched_free(struct watched *watched)
{
	free(watched->id);
	free(watched->user);
	free(watched->birth);
}

static void list_free(struct watch_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		watched_free(&list->items[i]);
	free(list->items);
	memset(list, 0, sizeof *list);
}

void watch_free(struct watch *watch)
{
	list_free(&watch->hosts);
	list_free(&watch->sessions);
}

/* Takes over what it holds. */
static void list_add(struct watch_list *list, const struct watched *watched)
{
	if (list->count == list->allocated) {
		list->allocated = list->allocated > 0 ? list->allocated * 2 : 16;
		list->items = must_realloc(list->items, list->allocated * sizeof *list->items);
	}
	list->items[list->count++] = *watched;
}

static int text_order(const char *left, const char *right)
{
	return strcmp(left != NULL ? left : "", right != NULL ? right : "");
}

static int watched_order(const void *left, const void *right)
{
	const struct watched *a = left, *b = right;
	int order = key_compare(&a->key, &b->key);

	if (order == 0)
		order = text_order(a->id, b->id);
	return order != 0 ? order : text_order(a->birth, b->birth);
}

static struct watched *list_find(struct watch_list *list, const struct watched *wanted)
{
	return list->count > 0 ? bsearch(wanted, list->items, list->count, sizeof *wanted, watched_order) : NULL;
}

static bool number_of(const struct grid *grid, unsigned column, size_t row, uint64_t *number)
{
	struct value value = {0};

	*number = 0;
	if (!grid->read(grid->context, column, row, &value))
		return false;
	*number = value.number;
	return true;
}

static bool is_true(const struct grid *grid, unsigned column, size_t row)
{
	uint64_t number;

	return number_of(grid, column, row, &number) && number == 1;
}

static size_t host_row(const struct grid *hosts, uint32_t index)
{
	return key_find(hosts->keys, hosts->rows, (struct key){{index, 0}});
}

/* One that was counted as suppressed is not counted again, but tried when there is room. */
static bool must_wait(const struct look *look, const struct watched *watched, enum trap_kind kind)
{
	return watched->held == kind && !trap_queue_has_room(look->queue, look->monotonic);
}

static bool send_trap(const struct look *look, struct watched *watched, struct trap *trap)
{
	enum trap_kind kind = trap->kind;
	bool taken = trap_queue_add(look->queue, trap, look->monotonic);

	watched->held = taken ? 0 : kind;
	return taken;
}

static bool send_host(const struct look *look, enum trap_kind kind, size_t row, struct watched *watched)
{
	static const unsigned columns[] = {HOST_NAME, HOST_TARGET, HOST_REACHABLE, HOST_ERROR};
	struct trap trap;

	if (must_wait(look, watched, kind))
		return false;
	trap_begin(&trap, kind);
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		trap_add_cell(&trap, PART_HOSTS, &look->hosts, columns[i], row);
	return send_trap(look, watched, &trap);
}

static void hosts_look(struct watch_list *list, const struct look *look)
{
	struct watch_list now = {0};

	for (size_t row = 0; row < look->hosts.rows; row++) {
		struct watched watched = {.key = look->hosts.keys[row]};
		const struct watched *before = list_find(list, &watched);
		bool reachable = is_true(&look->hosts, HOST_REACHABLE, row);

		if (before != NULL)
			watched = *before;
		if (!reachable && !watched.sent)
			watched.sent = send_host(look, TRAP_HOST_UNREACHABLE, row, &watched);
		else if (reachable && watched.sent)
			watched.sent = !send_host(look, TRAP_HOST_BACK, row, &watched);
		if (watched.sent || !reachable)
			list_add(&now, &watched);
	}
	list_free(list);
	*list = now;
}

enum standing { STANDING_WITHIN, STANDING_OVER, STANDING_OVERDUE, STANDING_UNKNOWN };

static enum standing stand(const struct watch_rule *rule, const struct span *limit, uint64_t seconds)
{
	int64_t length = (int64_t)seconds * 1000;

	if (!limit->known || length < limit->length)
		return STANDING_WITHIN;
	return rule->overdue.known && length >= limit->length + rule->overdue.length ? STANDING_OVERDUE : STANDING_OVER;
}

/* The class of usage is the enumeration of the MIB: one more than ours. */
static enum standing session_stands(const struct look *look, size_t row)
{
	uint64_t usage, seconds;

	if (!is_true(&look->sessions, SESSION_COUNTED, row) || !number_of(&look->sessions, SESSION_USAGE, row, &usage))
		return STANDING_WITHIN;
	if (number_of(&look->sessions, SESSION_DISCONNECTED_SECONDS, row, &seconds))
		return stand(look->rule, &look->rule->disconnected, seconds);
	if (number_of(&look->sessions, SESSION_IDLE_SECONDS, row, &seconds))
		return stand(look->rule, &look->rule->idle, seconds);
	return usage == USAGE_IDLE_UNKNOWN + 1 || usage == USAGE_DISCONNECTED + 1 ? STANDING_UNKNOWN : STANDING_WITHIN;
}

static bool send_session(const struct look *look, enum trap_kind kind, size_t row, struct watched *watched)
{
	static const unsigned columns[] = {SESSION_ID, SESSION_USER, SESSION_USAGE, SESSION_IDLE_SECONDS,
	                                   SESSION_DISCONNECTED_SECONDS};
	size_t host = host_row(&look->hosts, look->sessions.keys[row].part[0]);
	struct trap trap;

	if (must_wait(look, watched, kind))
		return false;
	trap_begin(&trap, kind);
	if (host < look->hosts.rows)
		trap_add_cell(&trap, PART_HOSTS, &look->hosts, HOST_NAME, host);
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		trap_add_cell(&trap, PART_SESSIONS, &look->sessions, columns[i], row);
	return send_trap(look, watched, &trap);
}

static void session_changes(const struct look *look, size_t row, enum standing standing, struct watched *watched)
{
	if ((standing == STANDING_OVER || standing == STANDING_OVERDUE) && !watched->sent)
		watched->sent = send_session(look, TRAP_SESSION_OVER_LIMIT, row, watched);
	if (standing == STANDING_OVERDUE && watched->sent && !watched->overdue_sent)
		watched->overdue_sent = send_session(look, TRAP_SESSION_OVERDUE, row, watched);
	if (standing == STANDING_WITHIN && watched->sent && send_session(look, TRAP_SESSION_BACK, row, watched))
		watched->sent = watched->overdue_sent = false;
}

/* listed: the list has one of this number, who may be another session by now. */
static void session_look(struct watch_list *list, const struct look *look, size_t row, bool listed,
                         struct watch_list *now)
{
	enum standing standing = session_stands(look, row);
	struct watched watched = {.key = look->sessions.keys[row]};
	struct watched *before;

	if (standing == STANDING_WITHIN && !listed)
		return;
	watched.id = cell_text(&look->sessions, SESSION_ID, row);
	watched.birth = cell_text(&look->sessions, SESSION_BIRTH, row);
	before = list_find(list, &watched);
	if (before != NULL) {
		before->seen = true;
		watched.sent = before->sent;
		watched.overdue_sent = before->overdue_sent;
		watched.held = before->held;
	}
	session_changes(look, row, standing, &watched);
	if (watched.sent || (standing != STANDING_WITHIN && watched.held != 0)) {
		watched.user = cell_text(&look->sessions, SESSION_USER, row);
		list_add(now, &watched);
	} else {
		watched_free(&watched);
	}
}

static void gone_add(struct trap *trap, const struct watched *gone, unsigned column, const char *text)
{
	struct value value = {0};

	value_set_text(&value, text);
	trap_add_value(trap, PART_SESSIONS, column, &gone->key, 2, &value);
}

static bool send_gone(const struct look *look, struct watched *gone, size_t host)
{
	struct trap trap;

	if (must_wait(look, gone, TRAP_SESSION_BACK))
		return false;
	trap_begin(&trap, TRAP_SESSION_BACK);
	if (host < look->hosts.rows)
		trap_add_cell(&trap, PART_HOSTS, &look->hosts, HOST_NAME, host);
	gone_add(&trap, gone, SESSION_ID, gone->id);
	gone_add(&trap, gone, SESSION_USER, gone->user);
	trap_add_value(&trap, PART_SESSIONS, SESSION_USAGE, &gone->key, 2,
	               &(struct value){.type = VALUE_INTEGER, .number = USAGE_OTHER + 1});
	return send_trap(look, gone, &trap);
}

/* A session without a row has ended, unless its host did not answer, or not in full. */
static void gone_look(struct watch_list *list, const struct look *look, struct watch_list *now)
{
	for (size_t i = 0; i < list->count; i++) {
		struct watched *watched = &list->items[i];
		size_t host = host_row(&look->hosts, watched->key.part[0]);
		bool ended = host == look->hosts.rows || is_true(&look->hosts, HOST_COMPLETE, host);

		if (watched->seen || (ended && (!watched->sent || send_gone(look, watched, host))))
			continue;
		list_add(now, watched);
		*watched = (struct watched){0}; /* what it held is the other list's */
	}
}

static void sessions_look(struct watch_list *list, const struct look *look)
{
	struct watch_list now = {0};
	size_t at = 0;

	for (size_t row = 0; row < look->sessions.rows; row++) {
		int order = 1;

		while (at < list->count && (order = key_compare(&list->items[at].key, &look->sessions.keys[row])) < 0)
			at++;
		session_look(list, look, row, at < list->count && order == 0, &now);
	}
	gone_look(list, look, &now);
	if (now.count > 0)
		qsort(now.items, now.count, sizeof *now.items, watched_order);
	list_free(list);
	*list = now;
}

void watch_look(struct watch *watch, const struct table *table, const struct watch_rule *rule, struct trap_queue *queue,
                int64_t monotonic)
{
	struct look look = {
	    .rule = rule,
	    .hosts = table_hosts(table),
	    .sessions = table_sessions(table),
	    .queue = queue,
	    .monotonic = monotonic,
	};

	if (rule->hosts)
		hosts_look(&watch->hosts, &look);
	if (rule->idle.known || rule->disconnected.known)
		sessions_look(&watch->sessions, &look);
}
