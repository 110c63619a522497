/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which limit stands against a plan, and what is said about it. */
#include "t/unit/test.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/act/limits.h"
#include "lib/act/plan.h"
#include "lib/act/recent.h"
#include "lib/base/error.h"
#include "lib/base/name_index.h"

static const struct limits usual = {.max_acts = 10, .max_acts_total = 50, .max_percent = 50};

/* A plan of hosts with so many user sessions each. */
static void plan_of(struct plan *plan, struct plan_host *hosts, size_t count)
{
	memset(plan, 0, sizeof *plan);
	plan->scope.arena = &plan->arena;
	plan->hosts = hosts;
	plan->host_count = count;
	for (size_t i = 0; i < count; i++) {
		hosts[i].identity = hosts[i].name;
		plan->user_sessions += hosts[i].user_sessions;
		plan->selected += hosts[i].selected;
		name_index_add(&plan->scope, hosts[i].name);
	}
}

static struct limit_finding judge(const struct plan *plan, const struct recent *recent)
{
	return limits_judge(plan, recent, &usual);
}

/* Ten of ten sessions of one host are all of them, however many hosts stand beside it. */
static void the_percentage_is_of_each_host(void **state)
{
	char names[10][8];
	struct plan_host hosts[10];
	struct plan plan;
	struct limit_finding finding;
	struct error error = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(hosts); i++) {
		snprintf(names[i], sizeof names[i], "ts%02zu", i + 1);
		hosts[i] = (struct plan_host){.name = names[i], .user_sessions = 10};
	}
	hosts[6].selected = 10;
	plan_of(&plan, hosts, COUNT(hosts));
	finding = judge(&plan, NULL);
	assert_int_equal(finding.limit, LIMIT_PERCENT);
	assert_string_equal(finding.host, "ts07");
	limit_show(&finding, &error);
	assert_string_equal(error.text,
	                    "nothing done: 10 planned and 0 in the last hour are more than --max-percent 50% of "
	                    "10 user sessions on ts07");
	plan_free(&plan);
	hosts[6].selected = 5;
	plan_of(&plan, hosts, COUNT(hosts));
	assert_int_equal(judge(&plan, NULL).limit, LIMIT_KEPT);
	plan_free(&plan);
	hosts[6] =
	    (struct plan_host){.name = "ts07", .user_sessions = 3, .selected = 3}; /* too few to speak of a share */
	plan_of(&plan, hosts, COUNT(hosts));
	assert_int_equal(judge(&plan, NULL).limit, LIMIT_KEPT);
	plan_free(&plan);
}

/* The hour before counts for the host that it was on, and the sessions that were logged off then still stand for it. */
static void the_hour_counts_by_host(void **state)
{
	struct plan_host hosts[] = {{.name = "ts01", .user_sessions = 5, .selected = 1},
	                            {.name = "ts02", .user_sessions = 90}};
	struct name_index none = {0};
	struct recent recent;
	struct recent_entry *entry;
	struct plan plan;

	(void)state;
	recent_init(&recent);
	plan_of(&plan, hosts, COUNT(hosts));
	entry = recent_add(&recent, recent_run_add(&recent, "r"), "TS01", "sim:x");
	recent.runs[0].ended = true;
	entry->intended = 2;
	recent_judge(&recent, &none, NULL);
	assert_int_equal(judge(&plan, &recent).limit, LIMIT_PERCENT); /* 3 of 5 */
	entry->logoffs = 1;
	recent_judge(&recent, &none, NULL);
	assert_int_equal(judge(&plan, &recent).limit, LIMIT_KEPT); /* 3 of 6 */
	entry->intended = 10;
	entry->logoffs = 10;
	recent_judge(&recent, &none, NULL);
	assert_int_equal(judge(&plan, &recent).limit, LIMIT_ACTS);
	recent_free(&recent);
	plan_free(&plan);
}

/* One after the other, hundreds of hosts could be emptied below every limit that is of one run's hosts. */
static void the_fuse_is_over_all_hosts(void **state)
{
	struct plan_host host = {.name = "ts99", .user_sessions = 10, .selected = 5};
	struct name_index none = {0};
	struct recent recent;
	struct plan plan;
	struct limit_finding finding;
	struct error error = {0};

	(void)state;
	recent_init(&recent);
	plan_of(&plan, &host, 1);
	for (int i = 0; i < 46; i++) {
		char name[16];

		snprintf(name, sizeof name, "other%d", i);
		recent_add(&recent, recent_run_add(&recent, "r"), name, "sim:x")->planned = 1;
		recent_judge(&recent, &none, NULL);
		assert_int_equal(judge(&plan, &recent).limit, i < 45 ? LIMIT_KEPT : LIMIT_TOTAL);
	}
	finding = judge(&plan, &recent);
	limit_show(&finding, &error);
	assert_string_equal(error.text,
	                    "nothing done: 5 planned and 46 in the last hour are more than --max-acts-total 50, "
	                    "which is for all hosts and all runs of an hour");
	host.selected = 0; /* nothing to do is never too much */
	plan.selected = 0;
	assert_int_equal(judge(&plan, &recent).limit, LIMIT_KEPT);
	recent_free(&recent);
	plan_free(&plan);
}

static void unreadable_lines_are_named(void **state)
{
	struct plan_host host = {.name = "ts01", .user_sessions = 40, .selected = 6};
	struct name_index none = {0};
	struct recent recent;
	struct plan plan;
	struct limit_finding finding;
	struct error error = {0};

	(void)state;
	recent_init(&recent);
	recent.unreadable = 5;
	recent_judge(&recent, &none, NULL);
	plan_of(&plan, &host, 1);
	finding = judge(&plan, &recent);
	assert_int_equal(finding.limit, LIMIT_ACTS);
	limit_show(&finding, &error);
	assert_string_equal(error.text,
	                    "nothing done: 6 planned and 5 in the last hour (5 for lines of the audit that cannot "
	                    "be read) are more than --max-acts 10");
	recent_free(&recent);
	plan_free(&plan);
}

/* A night has limits of its own: of the run's hosts, and of all; no percentage; and none unless it is asked for. */
static void a_night_has_its_own_limits(void **state)
{
	const int64_t noon = INT64_C(1795258800000); /* 2026-11-21T11:00:00Z */
	struct limits limits = usual;
	struct plan_host host = {.name = "ts01", .user_sessions = 4, .selected = 4};
	struct name_index none = {0};
	struct limit_finding finding;
	struct error error = {0};
	struct recent recent;
	struct plan plan;

	(void)state;
	recent_init(&recent);
	plan_of(&plan, &host, 1);
	recent_add(&recent, recent_run_add(&recent, "r"), "ts01", "sim:x")->planned = 60;
	recent_add(&recent, recent_run_add(&recent, "r"), "ts02", "sim:x")->planned = 100;
	recent_judge(&recent, &none, NULL);
	assert_false(limits_have_night(&limits));
	assert_int_equal(limits_judge_night(&plan, &recent, &limits).limit, LIMIT_KEPT);
	limits.max_acts_night = 64;
	limits.night_began = noon;
	assert_true(limits_have_night(&limits));
	assert_int_equal(limits_judge_night(&plan, &recent, &limits).limit, LIMIT_KEPT);
	limits.max_acts_night = 63;
	finding = limits_judge_night(&plan, &recent, &limits);
	assert_int_equal(finding.limit, LIMIT_NIGHT);
	limit_show(&finding, &error);
	assert_string_equal(error.text, "nothing done: 4 planned and 60 in this night, since 2026-11-21T11:00:00.000Z, "
	                                "are more than --max-acts-night 63");
	assert_int_equal(limits_judge_night(&plan, NULL, &limits).limit, LIMIT_KEPT); /* a dry run */
	limits.max_acts_night = 0;
	limits.max_acts_night_total = 164;
	assert_true(limits_have_night(&limits));
	assert_int_equal(limits_judge_night(&plan, &recent, &limits).limit, LIMIT_KEPT);
	limits.max_acts_night_total = 163;
	finding = limits_judge_night(&plan, &recent, &limits);
	assert_int_equal(finding.limit, LIMIT_NIGHT_TOTAL);
	error_clear(&error);
	limit_show(&finding, &error);
	assert_non_null(
	    strstr(error.text, "--max-acts-night-total 163, which is for all hosts and all runs of a night"));
	plan.selected = 0;
	assert_int_equal(limits_judge_night(&plan, &recent, &limits).limit, LIMIT_KEPT);
	recent_free(&recent);
	plan_free(&plan);
}

/* No limit stands against a plan that keeps them all, and none is named. */
static void a_limit_that_is_kept_has_no_name(void **state)
{
	struct plan_host host = {.name = "ts01", .user_sessions = 40, .selected = 6};
	struct plan plan;
	struct limit_finding finding;
	struct error error = {0};

	(void)state;
	plan_of(&plan, &host, 1);
	finding = judge(&plan, NULL);
	assert_int_equal(finding.limit, LIMIT_KEPT);
	limit_show(&finding, &error);
	assert_null(strstr(error.text, "--max"));
	plan_free(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_percentage_is_of_each_host),   cmocka_unit_test(the_hour_counts_by_host),
	    cmocka_unit_test(the_fuse_is_over_all_hosts),       cmocka_unit_test(unreadable_lines_are_named),
	    cmocka_unit_test(a_limit_that_is_kept_has_no_name), cmocka_unit_test(a_night_has_its_own_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
