/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/order_run.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "agent/order_request.h"
#include "agent/orders.h"
#include "agent/trap_act.h"
#include "lib/act/remedy.h"
#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/child/child.h"
#include "lib/child/spawn.h"
#include "lib/config/section.h"

enum { STATUS_WAIT = 50 }; /* ms for the exit status, once the output has closed */

static enum act_number act_of_handler(const char *handler)
{
	if (strcmp(handler, "message") == 0)
		return ACT_MESSAGED;
	if (strcmp(handler, "disconnect") == 0)
		return ACT_DISCONNECTED;
	return strcmp(handler, "logoff") == 0 ? ACT_LOGGED_OFF : ACT_NONE;
}

static int rule_add(struct order_rule *rule, struct settings *settings, const char *section, struct error *error)
{
	const struct string_list own = settings->section_acts;
	const char *handler;
	enum act_number act;

	settings->section_acts = (struct string_list){0};
	handler = section_handler(settings, section, error);
	settings->section_acts = own;
	if (handler == NULL)
		return -1;
	act = act_of_handler(handler);
	if (act == ACT_NONE || rule->sections[act] != NULL) {
		error_set(error, ERROR_CONFIG, STEP_NONE, "orders: [section %.80s] is %s %s", section,
		          act == ACT_NONE ? "for" : "another one for", handler);
		return error_hint(error, "name one section each for message, disconnect and logoff at most");
	}
	rule->sections[act] = section;
	return 0;
}

int order_rule_make(struct order_rule *rule, struct settings *settings, struct error *error)
{
	*rule = (struct order_rule){0};
	for (size_t i = 0; i < settings->orders.count; i++)
		if (rule_add(rule, settings, settings->orders.items[i], error) < 0)
			return -1;
	return 0;
}

void order_run_init(struct order_run *run)
{
	*run = (struct order_run){.child = {.out = -1, .err = -1, .in = -1, .pidfd = -1}};
}

/* Of the words of remedy_result_name() and of a dry run; ORDER_HELD: none of them. */
static enum order_result result_of(const char *outcome)
{
	static const struct {
		const char *word;
		enum order_result result;
	} words[] = {
	    {"done", ORDER_DONE},       {"answered", ORDER_DONE},   {"no answer", ORDER_DONE},
	    {"ordered", ORDER_ORDERED}, {"gone", ORDER_GONE},       {"already gone", ORDER_GONE},
	    {"planned", ORDER_PLANNED}, {"refused", ORDER_REFUSED}, {"failed", ORDER_FAILED},
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i].word, outcome) == 0)
			return words[i].result;
	return ORDER_HELD;
}

static const char *text_of(const json_t *json, const char *key)
{
	const char *text = json_string_value(json_object_get(json, key));

	return text != NULL ? text : "";
}

/* A line of --pass-thru (lib/act/remedy_json.c), or a complaint in plain text. */
static void line_take(struct order_run *run, const char *line, size_t length)
{
	json_t *json = json_loadb(line, length, 0, NULL);
	enum order_result result = result_of(text_of(json, "outcome"));
	const char *reason = text_of(json, "reason");

	if (result != ORDER_HELD) {
		run->result = result;
		text_copy(run->reason, sizeof run->reason, reason);
	} else if (run->result == ORDER_HELD) {
		if (reason[0] == '\0')
			reason = text_of(json, "problem");
		if (reason[0] == '\0')
			reason = text_of(json, "locked");
		if (reason[0] == '\0')
			reason = text_of(json_object_get(json, "error"), "text");
		if (reason[0] != '\0')
			text_copy(run->reason, sizeof run->reason, reason);
		else if (json == NULL && run->reason[0] == '\0')
			snprintf(run->reason, sizeof run->reason, "%.*s", (int)(length < 200 ? length : 200), line);
	}
	json_decref(json);
}

static void begin(struct order_run *run, struct order *order, const struct settings *settings,
                  const struct order_rule *rule)
{
	const struct spawn spawn = {.function = order_child, .context = &run->job, .unbound = true, .session = true};
	struct error error = {0};

	order_run_init(run);
	run->job = (struct order_job){.settings = settings, .order = order, .section = rule->sections[order->act]};
	order->result = ORDER_RUNNING;
	if (run->job.section == NULL)
		error_set(&error, ERROR_REFUSED, STEP_NONE, "the configuration does not allow it any more");
	else if (child_start(&run->child, "the ordering process", spawn, CHILD_OUT | CHILD_ERR, &error) == 0)
		return;
	order_run_init(run);
	order_end(order, ORDER_FAILED, error.text);
}

static void conclude(struct order_run *run, struct order *order)
{
	struct error how = {0};

	child_stop(&run->child, STATUS_WAIT, &how);
	if (run->result == ORDER_HELD)
		run->result = run->child.status == REMEDY_REFUSED ? ORDER_REFUSED : ORDER_FAILED;
	if (run->reason[0] == '\0' && run->result == ORDER_FAILED)
		text_copy(run->reason, sizeof run->reason,
		          how.text[0] != '\0'               ? how.text
		          : run->child.complaint[0] != '\0' ? run->child.complaint
		                                            : "it ended without a word");
	order_end(order, run->result, run->reason);
	order_run_init(run);
}

const struct order *order_run_turn(struct order_run *run, struct orders *orders, const struct settings *settings,
                                   const struct order_rule *rule)
{
	struct order *order = orders_find(orders, NULL, ORDER_RUNNING);
	struct error error = {0};
	const char *line;
	size_t length;
	int moved;

	if (order == NULL) {
		order = orders_oldest_waiting(orders);
		if (order != NULL)
			begin(run, order, settings, rule);
		return order != NULL && order->result != ORDER_RUNNING ? order : NULL;
	}
	moved = child_move(&run->child, &error);
	while ((line = child_line(&run->child, &length)) != NULL)
		line_take(run, line, length);
	if (moved >= 0)
		return NULL;
	conclude(run, order);
	return order;
}

void order_run_leave(struct order_run *run)
{
	if (run->child.pid != 0)
		child_let_go(&run->child);
	order_run_init(run);
}
