/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run writes into the audit (doc/audit.md). */
#include <stddef.h>
#include <stdint.h>

#include "lib/audit.h"
#include "lib/plan.h"
#include "lib/provider.h"
#include "lib/remedy_run.h"
#include "lib/select.h"
#include "lib/session.h"
#include "lib/session_json.h"
#include "lib/settings.h"
#include "lib/target.h"

/* The keys that a line about a session has.  outcome and reason may be NULL. */
static json_t *session_fields(const struct run *run, const struct target *target, json_t *session, const char *outcome,
                              const char *reason)
{
	json_t *fields = json_object();

	json_object_set_new(fields, "action", json_string(act_name(run->order->action.act)));
	if (target != NULL)
		json_object_set_new(fields, "target", json_string(target->url));
	json_object_set_new(fields, "session", session);
	if (outcome != NULL)
		json_object_set_new(fields, "outcome", json_string(outcome));
	if (reason != NULL)
		json_object_set_new(fields, "reason", json_string(reason));
	return fields;
}

int remedy_audit_session(struct run *run, const char *event, const struct target *target, const struct session *session,
                         const char *outcome, const char *reason, struct error *error)
{
	json_t *fields = session_fields(run, target, session_to_json(session), outcome, reason);

	return audit_write(&run->audit, event, fields, error);
}

/* Refusals of the plan, one line per session that a person would ask about. */
int remedy_audit_refusals(struct run *run, struct error *error)
{
	for (size_t i = 0; i < run->plan.count; i++) {
		const struct plan_item *item = &run->plan.items[i];

		if (item->refusal == REFUSAL_NONE || item->refusal == REFUSAL_STATE)
			continue;
		if (audit_note(&run->audit, "refused",
		               session_fields(run, item->visit->target, session_to_json(item->session), NULL,
		                              refusal_text(item->refusal)),
		               error) < 0)
			return -1;
	}
	for (size_t i = 0; i < run->plan.missing_count; i++) {
		const struct plan_missing *missing = &run->plan.missing[i];

		if (!missing->changed)
			continue;
		if (audit_note(&run->audit, "refused",
		               session_fields(run, NULL,
		                              json_pack("{s:s, s:s}", "host", missing->host, "id", missing->id), NULL,
		                              refusal_text(REFUSAL_CHANGED)),
		               error) < 0)
			return -1;
	}
	return audit_sync(&run->audit, error);
}

int remedy_audit_plan(struct run *run, struct error *error)
{
	json_t *fields = json_object(), *acts = json_array();
	const struct settings *settings = run->order->settings;

	for (size_t i = 0; i < run->plan.count; i++) {
		const struct session *session = run->plan.items[i].session;

		if (!plan_item_due(&run->plan.items[i]))
			continue;
		json_array_append_new(acts, json_pack("{s:s, s:s, s:s}", "host", session->host, "id", session->id,
		                                      "target", run->plan.items[i].visit->target->url));
	}
	json_object_set_new(fields, "action", json_string(act_name(run->order->action.act)));
	json_object_set_new(fields, "acts", acts);
	json_object_set_new(fields, "user_sessions", json_integer((json_int_t)run->plan.user_sessions));
	if (settings->section != NULL)
		json_object_set_new(fields, "section", json_string(settings->section));
	if (settings->service_state != NULL)
		json_object_set_new(fields, "service",
		                    json_pack("{s:s, s:s, s:s}", "state", settings->service_state, "type",
		                              settings->state_type != NULL ? settings->state_type : "", "attempt",
		                              settings->attempt != NULL ? settings->attempt : ""));
	return audit_write(&run->audit, "plan", fields, error);
}

void remedy_audit_limit(struct run *run, uint64_t recent, struct error *error)
{
	audit_write(&run->audit, "limit",
	            json_pack("{s:s, s:I, s:I, s:I}", "action", act_name(run->order->action.act), "planned",
	                      (json_int_t)run->plan.selected, "recent", (json_int_t)recent, "user_sessions",
	                      (json_int_t)run->plan.user_sessions),
	            error);
}
