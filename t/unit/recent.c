/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many acts of the last hour count, when one record knows what another does not. */
#include "t/unit/test.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/act/recent.h"
#include "lib/base/arena.h"
#include "lib/base/name_index.h"

static const struct name_index none;

/* A run that planned 5 acts on ts01, and is not known to have ended. */
static void begun(struct recent *recent)
{
	recent_init(recent);
	recent_add(recent, recent_run_add(recent, "run"), "ts01", "sim:x")->planned = 5;
}

static uint64_t counted(struct recent *recent, const struct name_index *locked, const struct recent *witness)
{
	recent_judge(recent, locked, witness);
	return recent_on_host(recent, "ts01").acts;
}

/* The plan counts until somebody trustworthy tells that the run is over, or that it is dead. */
static void a_witness_must_have_seen_all(void **state)
{
	struct arena arena = {0};
	struct name_index locked = {.arena = &arena};
	struct recent recent, witness;
	struct recent_entry *seen;

	(void)state;
	name_index_add(&locked, "ts01");
	begun(&recent);
	assert_int_equal(counted(&recent, &none, NULL), 5);
	assert_int_equal(counted(&recent, &locked, NULL), 0);
	recent_free(&recent);
	begun(&recent);
	recent_init(&witness);
	assert_int_equal(counted(&recent, &locked, &witness), 5); /* it knows no such run */
	recent_run_add(&witness, "run");
	assert_int_equal(counted(&recent, &locked, &witness), 5); /* nor the run's plan */
	witness.runs[0].planned = true;
	assert_int_equal(counted(&recent, &none, &witness), 5); /* the run may be at work */
	witness.unreadable = 1;
	assert_int_equal(counted(&recent, &locked, &witness), 5); /* a line may be an intent */
	witness.unreadable = 0;
	assert_int_equal(counted(&recent, &locked, &witness), 0); /* planned, and then nothing */
	witness.runs[0].ended = true;
	assert_int_equal(counted(&recent, &none, &witness), 0);
	seen = recent_add(&witness, 0, "ts01", "sim:x");
	seen->intended = 3;
	seen->logoffs = 2;
	assert_int_equal(counted(&recent, &none, &witness), 3);
	assert_int_equal(recent_everywhere(&recent).logoffs, 2);
	recent_free(&recent);
	recent_free(&witness);
	arena_free(&arena);
}

/* More logoffs than acts that count would make the share of a host look smaller than it is. */
static void logoffs_are_never_more_than_acts(void **state)
{
	struct recent recent;
	struct recent_entry *entry;

	(void)state;
	recent_init(&recent);
	entry = recent_add(&recent, recent_run_add(&recent, "run"), "ts01", "sim:x");
	entry->intended = 2;
	entry->logoffs = 9;
	assert_int_equal(counted(&recent, &none, NULL), 2);
	assert_int_equal(recent_on_host(&recent, "ts01").logoffs, 2);
	recent_free(&recent);
}

/* A host whose name nobody knew was acted on through its target: that counts in the scope of the target, too. */
static void a_scope_has_hosts_and_targets(void **state)
{
	struct arena arena = {0};
	struct name_index scope = {.arena = &arena};
	struct recent recent;

	(void)state;
	begun(&recent);
	recent.unreadable = 2;
	assert_int_equal(counted(&recent, &none, NULL), 7);
	assert_int_equal(recent_in_scope(&recent, &scope).acts, 2);
	name_index_add(&scope, "sim:x");
	assert_int_equal(recent_in_scope(&recent, &scope).acts, 7);
	name_index_add(&scope, "ts01");
	assert_int_equal(recent_in_scope(&recent, &scope).acts, 7);
	assert_int_equal(recent_on_host(&recent, "ts02").acts, 2);
	recent_free(&recent);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_witness_must_have_seen_all),
	    cmocka_unit_test(logoffs_are_never_more_than_acts),
	    cmocka_unit_test(a_scope_has_hosts_and_targets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
