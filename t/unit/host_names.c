/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One host, several names. */
#include "t/unit/test.h"

#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/act/limits.h"
#include "lib/act/plan.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/judge/select.h"
#include "lib/session/session.h"
#include "lib/target/host_names.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"

/* In the place of libc's resolver: rds01 has two more names and an address; .66 has a name that leads elsewhere; a
   host called "silent" gets no answer until the test lets it. */
static pthread_mutex_t silence = PTHREAD_MUTEX_INITIALIZER;

struct known {
	struct addrinfo info;
	struct sockaddr_in address;
	char name[64];
};

static uint32_t address_of(const char *name)
{
	if (strcmp(name, "rds01") == 0 || strcmp(name, "rds01.corp.example") == 0 || strcmp(name, "192.0.2.7") == 0)
		return 0xc0000207;
	if (strcmp(name, "rds02") == 0 || strcmp(name, "elsewhere") == 0)
		return 0xc0000208;
	if (strcmp(name, "nameless") == 0 || strcmp(name, "empty") == 0 || strcmp(name, "192.0.2.99") == 0)
		return 0xc0000263;
	if (strcmp(name, "192.0.2.98") == 0)
		return 0xc0000262;
	return strcmp(name, "192.0.2.66") == 0 ? 0xc0000242 : 0;
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **list)
{
	struct known *known;

	(void)service;
	if (strcmp(name, "silent") == 0 && (hints->ai_flags & AI_CANONNAME) != 0) {
		pthread_mutex_lock(&silence);
		pthread_mutex_unlock(&silence);
	}
	if (address_of(name) == 0 || ((hints->ai_flags & AI_NUMERICHOST) != 0 && strncmp(name, "192.", 4) != 0))
		return EAI_NONAME;
	known = calloc(1, sizeof *known);
	known->address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = address_of(name)};
	strncpy(known->name, address_of(name) == 0xc0000207 ? "RDS01.corp.example." : name, sizeof known->name - 1);
	known->info.ai_family = AF_INET;
	known->info.ai_addr = (struct sockaddr *)&known->address;
	known->info.ai_addrlen = sizeof known->address;
	if (strcmp(name, "empty") == 0)
		known->name[0] = '\0';
	known->info.ai_canonname = strcmp(name, "nameless") == 0 ? NULL : known->name;
	*list = &known->info;
	return 0;
}

void freeaddrinfo(struct addrinfo *list)
{
	free(list);
}

int getnameinfo(const struct sockaddr *address, socklen_t length, char *host, socklen_t size, char *service,
                socklen_t service_size, int flags)
{
	uint32_t number = ((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr;

	(void)length, (void)service, (void)service_size, (void)flags;
	if (number == 0xc0000263)
		return EAI_NONAME;
	strncpy(host,
	        number == 0xc0000207   ? "rds01.corp.example"
	        : number == 0xc0000262 ? "unknown"
	                               : "elsewhere",
	        size);
	return 0;
}

static const struct provider network = {.scheme = "tsts",
                                        .capabilities = CAN_DISCONNECT | HAS_BIRTH | NAMED_BY_NETWORK};
static const struct provider played = {.scheme = "sim", .capabilities = CAN_DISCONNECT | HAS_BIRTH};

/* The lists of a run: targets by the names that people wrote. */
struct lists {
	struct target targets[8];
	struct visit visits[8];
	size_t count;
	struct host_names names;
};

static struct snapshot *list_add(struct lists *lists, const struct provider *provider, const char *host)
{
	struct target *target = &lists->targets[lists->count];
	struct visit *visit = &lists->visits[lists->count++];

	*target = (struct target){.name = host, .url = host, .label = host, .provider = provider};
	*visit = (struct visit){.target = target};
	snapshot_init(&visit->snapshot);
	visit->snapshot.host = host;
	visit->snapshot.provider = provider->scheme;
	visit->snapshot.now = 1795230000000;
	return &visit->snapshot;
}

static void session_add(struct snapshot *snapshot, const char *id, const char *user, const char *birth)
{
	struct session *session = snapshot_add(snapshot);

	session->id = id;
	session->user = user;
	session->birth = birth;
	session->class = CLASS_USER;
	session->state = STATE_ACTIVE;
	session->connect_time = session->last_input = moment_at(1795230000000 - 7200000);
}

static int begin(void **state)
{
	*state = calloc(1, sizeof(struct lists));
	return *state == NULL;
}

static int end(void **state)
{
	struct lists *lists = *state;

	host_names_free(&lists->names);
	for (size_t i = 0; i < lists->count; i++)
		snapshot_free(&lists->visits[i].snapshot);
	free(lists);
	return 0;
}

static void names_are_folded(void **state)
{
	static const char *const table[][2] = {
	    {"RDS01", "rds01"},
	    {"rds01:445", "rds01"},
	    {"Rds01.Corp.Example.", "rds01.corp.example"},
	    {"rds01:5985", "rds01"},
	    {"rds01:1445", "rds01:1445"}, /* behind it may be another host */
	    {"[2001:DB8::7]:445", "2001:db8::7"},
	    {"2001:db8::445", "2001:db8::445"},
	    {"2001:db8::5:445", "2001:db8::5:445"},
	    {":445", ":445"},
	    {"[rds01", "[rds01"},
	    {"[]", "[]"},
	    {".", "."},
	    {"", ""},
	};
	struct arena arena = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++)
		assert_string_equal(host_name_fold(&arena, table[i][0]), table[i][1]);
	arena_free(&arena);
}

static void every_name_leads_to_one(void **state)
{
	static const char *const written[] = {"rds01", "RDS01", "rds01:445", "rds01.corp.example", "192.0.2.7"};
	struct lists *lists = *state;
	struct arena arena = {0};

	for (size_t i = 0; i < COUNT(written); i++)
		list_add(lists, &network, written[i]);
	list_add(lists, &network, "192.0.2.66");
	list_add(lists, &played, "RDS02");
	host_names_resolve(&lists->names, lists->visits, lists->count, deadline_in(5000));
	for (size_t i = 0; i < COUNT(written); i++)
		assert_string_equal(host_name_of(&lists->names, written[i], &arena), "rds01.corp.example");
	/* The owner of the reverse zone can choose any name for an address. */
	assert_string_equal(host_name_of(&lists->names, "192.0.2.66", &arena), "192.0.2.66");
	assert_string_equal(host_name_of(&lists->names, "RDS02", &arena), "rds02");
	assert_int_equal(lists->names.written.count, 5); /* sim's was not asked for, and RDS01 is rds01 */
	arena_free(&arena);
}

/* An answer without a name is none, and a target that did not answer is not asked for. */
static void what_has_no_name_keeps_its_own(void **state)
{
	static const char *const written[] = {"Nameless", "Empty", "192.0.2.99", "192.0.2.98"};
	static const char *const folded[] = {"nameless", "empty", "192.0.2.99", "192.0.2.98"};
	struct lists *lists = *state;
	struct arena arena = {0};

	for (size_t i = 0; i < COUNT(written); i++)
		list_add(lists, &network, written[i]);
	list_add(lists, &network, "rds01");
	lists->visits[COUNT(written)].error.code = ERROR_REFUSED;
	host_names_resolve(&lists->names, lists->visits, lists->count, deadline_in(5000));
	for (size_t i = 0; i < COUNT(written); i++)
		assert_string_equal(host_name_of(&lists->names, written[i], &arena), folded[i]);
	assert_int_equal(lists->names.written.count, COUNT(written));
	arena_free(&arena);
}

/* What nobody is logged on to, or has no birth, cannot be told to be one: it stays in each list. */
static void only_evidence_unifies(void **state)
{
	struct lists *lists = *state;

	for (int i = 0; i < 2; i++) {
		struct snapshot *list = list_add(lists, &network, i == 0 ? "rds01" : "192.0.2.7");

		session_add(list, "1", "", "b1");
		session_add(list, "2", "alice", "");
		session_add(list, "3", "bob", "b3");
		list->sessions[2].class = CLASS_CONSOLE;
	}
	list_add(lists, &network, "rds02");
	lists->visits[2].error.code = ERROR_REFUSED;
	visits_unify(lists->visits, lists->count);
	assert_int_equal(lists->visits[0].snapshot.count, 3);
	assert_int_equal(lists->visits[1].snapshot.count, 3);
}

/* Nobody waits for ever, and what has answered counts. */
static void a_silent_resolver_is_not_waited_for(void **state)
{
	struct lists *lists = *state;
	struct arena arena = {0};
	int64_t before = clock_monotonic();

	pthread_mutex_lock(&silence);
	list_add(lists, &network, "SILENT");
	list_add(lists, &network, "rds01");
	host_names_resolve(&lists->names, lists->visits, lists->count, deadline_in(300));
	assert_true(clock_monotonic() - before < 3000);
	pthread_mutex_unlock(&silence);
	assert_string_equal(host_name_of(&lists->names, "SILENT", &arena), "silent");
	assert_string_equal(host_name_of(&lists->names, "rds01", &arena), "rds01.corp.example");
	arena_free(&arena);
}

static void lists_without_a_network_cost_nothing(void **state)
{
	struct lists *lists = *state;

	session_add(list_add(lists, &played, "ts01"), "1", "alice", "b");
	session_add(list_add(lists, &played, "TS01"), "1", "alice", "b");
	host_names_resolve(&lists->names, lists->visits, lists->count, deadline_in(300));
	visits_unify(lists->visits, lists->count);
	assert_int_equal(lists->names.written.count, 0);
	assert_int_equal(lists->visits[1].shared, 0);
	assert_int_equal(lists->visits[1].snapshot.count, 1);
}

/* What a host says of its sessions tells it from all others, whatever it is called. */
static void sessions_are_counted_once(void **state)
{
	struct lists *lists = *state;
	struct snapshot *first = list_add(lists, &network, "rds01"), *again = list_add(lists, &network, "10.0.0.7"),
	                *other = list_add(lists, &network, "rds02");

	session_add(first, "1", "alice", "133");
	session_add(first, "2", "bob", "134");
	session_add(again, "1", "Alice", "133");
	session_add(again, "2", "bob", "134");
	session_add(again, "3", "carol", ""); /* without a birth nobody can tell */
	session_add(other, "1", "alice", "135");
	visits_unify(lists->visits, lists->count);
	assert_int_equal(first->count, 2);
	assert_int_equal(again->count, 1);
	assert_string_equal(again->sessions[0].user, "carol");
	assert_int_equal(lists->visits[1].shared, 2);
	assert_string_equal(lists->visits[1].shared_with, "rds01");
	assert_int_equal(other->count, 1);
	assert_int_equal(lists->visits[0].shared + lists->visits[2].shared, 0);
}

/* A plan has one host of it, with one lock, one allowance, one share. */
static void a_plan_has_one_host(void **state)
{
	static const struct rule all = {.all = true, .idle_after = 1800000};
	static const struct limits limits = {.max_acts = 10, .max_acts_total = 50, .max_percent = 50};
	struct lists *lists = *state;
	struct plan plan;
	struct plan_host **hosts;
	size_t count;

	for (int i = 0; i < 3; i++) {
		static const char *const ids[] = {"1", "2", "3"};

		session_add(list_add(lists, &network, (const char *[]){"RDS01", "rds01:445", "192.0.2.7"}[i]), ids[i],
		            "u", ids[i]);
	}
	session_add(&lists->visits[0].snapshot, "4", "v", "4");
	host_names_resolve(&lists->names, lists->visits, lists->count, deadline_in(5000));
	plan_make(&plan, lists->visits, lists->count, &all, ACT_DISCONNECT, &lists->names);
	hosts = plan_acting_hosts(&plan, &count);
	assert_int_equal(count, 1);
	assert_string_equal(hosts[0]->identity, "rds01.corp.example");
	assert_int_equal(hosts[0]->selected, 4);
	assert_string_equal(limits_judge(&plan, NULL, &limits).limit == LIMIT_PERCENT ? "refused" : "", "refused");
	plan_free(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(names_are_folded, begin, end),
	    cmocka_unit_test_setup_teardown(every_name_leads_to_one, begin, end),
	    cmocka_unit_test_setup_teardown(what_has_no_name_keeps_its_own, begin, end),
	    cmocka_unit_test_setup_teardown(only_evidence_unifies, begin, end),
	    cmocka_unit_test_setup_teardown(a_silent_resolver_is_not_waited_for, begin, end),
	    cmocka_unit_test_setup_teardown(lists_without_a_network_cost_nothing, begin, end),
	    cmocka_unit_test_setup_teardown(sessions_are_counted_once, begin, end),
	    cmocka_unit_test_setup_teardown(a_plan_has_one_host, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
