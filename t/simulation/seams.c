/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the checks look into a run, and what the name service says: linked with --wrap, too. */
#include "t/simulation/seams.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/collect/collect.h"
#include "lib/collect/collect_options.h"
#include "lib/collect/collect_workers.h"
#include "lib/enforce/enforce_run.h"
#include "lib/ledger/ledger.h"
#include "lib/policy/policy.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "t/simulation/check.h"
#include "t/simulation/model.h"
#include "t/simulation/process.h"
#include "t/simulation/world.h"

struct policy_decision __wrap_policy_decide(const struct policy_set *set, const struct policy_subject *subject);
struct policy_decision __wrap_policy_decide(const struct policy_set *set, const struct policy_subject *subject)
{
	struct policy_decision decision = __real_policy_decide(set, subject);

	check_decision(set, subject, &decision);
	return decision;
}

/* Each group exists. */
const char *__wrap_group_called(const char *name, struct arena *arena);
const char *__wrap_group_called(const char *name, struct arena *arena)
{
	return arena_strdup(arena, name);
}

const struct string_list *__wrap_groups_of(const struct session *session, struct arena *arena);
const struct string_list *__wrap_groups_of(const struct session *session, struct arena *arena)
{
	struct string_list *groups;

	for (size_t i = 0; i < world.person_count; i++) {
		const struct person *person = &world.people[i];

		if (strcmp(person->name, session->user) != 0)
			continue;
		if (!person->group_known)
			return NULL;
		groups = arena_alloc(arena, sizeof *groups);
		string_list_add(groups, arena, "staff");
		if (person->exempt_group)
			string_list_add(groups, arena, "on-call");
		return groups;
	}
	return NULL;
}

/* Does the process of this moment count?  The simulation itself only reads. */
static bool alive(void)
{
	return process_now != NULL && !process_now->dead;
}

int __real_ledger_see(struct ledger *ledger, struct ledger_look *looks, size_t count, const struct ledger_clock *now,
                      struct error *error);
int __wrap_ledger_see(struct ledger *ledger, struct ledger_look *looks, size_t count, const struct ledger_clock *now,
                      struct error *error);
int __wrap_ledger_see(struct ledger *ledger, struct ledger_look *looks, size_t count, const struct ledger_clock *now,
                      struct error *error)
{
	const bool began = alive();
	int result = __real_ledger_see(ledger, looks, count, now, error);

	if (began)
		model_see(looks, count, now, result == 0 && alive());
	return result;
}

int __real_ledger_warned(struct ledger *ledger, const struct ledger_warning *warning, struct error *error);
int __wrap_ledger_warned(struct ledger *ledger, const struct ledger_warning *warning, struct error *error);
int __wrap_ledger_warned(struct ledger *ledger, const struct ledger_warning *warning, struct error *error)
{
	const bool began = alive();
	int result = __real_ledger_warned(ledger, warning, error);

	if (began)
		model_warned(warning, result == 0 && alive());
	return result;
}

int __real_ledger_snoozed(struct ledger *ledger, const char *url, const struct session *session, int64_t until,
                          struct error *error);
int __wrap_ledger_snoozed(struct ledger *ledger, const char *url, const struct session *session, int64_t until,
                          struct error *error);
int __wrap_ledger_snoozed(struct ledger *ledger, const char *url, const struct session *session, int64_t until,
                          struct error *error)
{
	const bool began = alive();
	int result = __real_ledger_snoozed(ledger, url, session, until, error);

	if (began)
		model_snoozed(session, url, until, result == 0 && alive());
	if (began && result == 0 && alive())
		check_snoozed(session->birth, until);
	return result;
}

/* The lists of several systems, in this process: worker programs are no part of the simulation. */
void __wrap_collect_workers(struct visit *visits, size_t count, const struct collect_options *options);
void __wrap_collect_workers(struct visit *visits, size_t count, const struct collect_options *options)
{
	for (size_t i = 0; i < count; i++) {
		visits[i].deadline = deadline_earlier(deadline_in(options->target_timeout), options->overall);
		visit_one(&visits[i], options->progress, options->context);
	}
}
