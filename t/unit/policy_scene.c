/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/unit/policy_scene.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/policy/policy.h"
#include "lib/policy/schedule.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"

struct arena arena;

int tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

struct string_list list_of(const char *item)
{
	struct string_list list = {0};

	string_list_add(&list, &arena, item);
	return list;
}

struct schedule window(int day, int from, int to)
{
	struct schedule schedule = {arena_alloc(&arena, sizeof(struct weekly)), 1, 1};

	schedule.windows[0] = (struct weekly){(uint8_t)(1 << day), (uint16_t)from, (uint16_t)to};
	return schedule;
}

struct policy office(void)
{
	return (struct policy){
	    .name = "office",
	    .limit = {[CAUSE_IDLE] = {true, HOUR}, [CAUSE_DISCONNECTED] = {true, 2 * HOUR}},
	    .end = {POLICY_DISCONNECT, POLICY_LOGOFF, POLICY_LOGOFF, POLICY_LOGOFF},
	    .lead = {10 * MINUTE, MINUTE},
	    .lead_count = 2,
	};
}

void scene_make(struct scene *scene)
{
	memset(scene, 0, sizeof *scene);
	scene->policies[0] = office();
	scene->policy_count = 1;
	session_init(&scene->session);
	scene->session.provider = "sim";
	scene->session.host = "ts01";
	scene->session.id = "3";
	scene->session.user = "alice";
	scene->session.domain = "CORP";
	scene->session.upn = "alice@corp.example";
	scene->session.birth = "b1";
	scene->session.class = CLASS_USER;
	scene->session.state = STATE_ACTIVE;
	scene->session.kind = KIND_DESKTOP;
	scene->session.client_name = "PC7";
	scene->session.client_address = "192.0.2.7";
	scene->session.logon_time = scene->session.connect_time = moment_at(NOW - 10 * HOUR);
	scene->session.last_input = moment_at(NOW - 30 * MINUTE);
	snapshot_init(&scene->snapshot);
	scene->snapshot.now = NOW;
	scene->history.looks = 2;
	scene->history.warnings = &scene->warnings[0];
	for (int cause = 0; cause < CAUSE_COUNT; cause++)
		scene->warnings[cause] = (struct policy_warnings){
		    .next = cause + 1 < CAUSE_COUNT ? &scene->warnings[cause + 1] : NULL,
		    .policy = scene->policies[0].name,
		    .cause = (enum policy_cause)cause,
		    .end = scene->policies[0].end[cause],
		};
	scene->groups = list_of("staff");
	scene->subject = (struct policy_subject){
	    .target = "rds01",
	    .snapshot = &scene->snapshot,
	    .session = &scene->session,
	    .capabilities = CAN_MESSAGE | CAN_DISCONNECT | CAN_LOGOFF,
	    .groups = &scene->groups,
	    .history = &scene->history,
	    .host_sessions = {true, 10},
	};
}

struct policy_decision decide_at(struct scene *scene, int64_t now)
{
	scene->snapshot.now = now;
	policy_set_make(&scene->set, scene->policies, scene->policy_count, scene->moments, now);
	return policy_decide(&scene->set, &scene->subject);
}

void idle_for(struct scene *scene, int64_t length)
{
	scene->session.last_input = moment_at(NOW - length);
}

void disconnected_for(struct scene *scene, int64_t length)
{
	scene->session.state = STATE_DISCONNECTED;
	scene->session.disconnect_time = moment_at(NOW - length);
	scene->session.client_name = scene->session.client_address = "";
}

void warn(struct scene *scene, const struct policy_decision *decision, enum warning_state state, int64_t when)
{
	struct policy_warnings *warnings = &scene->warnings[decision->cause];

	if (warnings->began != decision->began)
		memset(warnings->rung, 0, sizeof warnings->rung);
	warnings->policy = decision->policy->name;
	warnings->end = decision->end;
	warnings->began = decision->began;
	warnings->rung[decision->rung].state = state;
	warnings->rung[decision->rung].at = when;
	warnings->rung[decision->rung].end_at = decision->end_at;
}

void warned_in_time(struct scene *scene)
{
	struct policy_warnings *warnings = &scene->warnings[CAUSE_IDLE];

	warnings->began = scene->session.last_input.at;
	warnings->rung[0].state = warnings->rung[1].state = WARNING_GIVEN;
	warnings->rung[0].at = NOW - 10 * MINUTE;
	warnings->rung[1].at = NOW - MINUTE;
}
