/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the checks look into a run, and what the name service says: linked with --wrap, too. */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/collect/collect.h"
#include "lib/collect/collect_workers.h"
#include "lib/enforce/enforce_run.h"
#include "lib/policy/policy.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "t/simulation/check.h"
#include "t/simulation/world.h"

struct policy_decision __real_policy_decide(const struct policy_set *set, const struct policy_subject *subject);
struct policy_decision __wrap_policy_decide(const struct policy_set *set, const struct policy_subject *subject);
struct policy_decision __wrap_policy_decide(const struct policy_set *set, const struct policy_subject *subject)
{
	struct policy_decision decision = __real_policy_decide(set, subject);

	check_decision(set, subject, &decision);
	return decision;
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

/* The lists of several systems, in this process: worker programs are no part of the simulation. */
void __wrap_collect_workers(struct visit *visits, size_t count, const struct collect_options *options);
void __wrap_collect_workers(struct visit *visits, size_t count, const struct collect_options *options)
{
	for (size_t i = 0; i < count; i++) {
		visits[i].deadline = deadline_earlier(deadline_in(options->target_timeout), options->overall);
		visit_one(&visits[i], options->progress, options->context);
	}
}
