/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a connection broker tells, decoded.  The instances are made by hand after Microsoft's pages (doc/design/rds.md).
 */
#include "t/unit/test.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"
#include "providers/rds/decode.h"
#include "providers/rds/instance.h"
#include "providers/rds/join.h"
#include "providers/rds/place.h"
#include "providers/rds/roster.h"
#include "providers/wsman/access.h"
#include "providers/wsman/xml.h"

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)

/* 2026-11-21T03:04:05.678Z */
#define NOW INT64_C(1795230245678)

#define SPACES                                                                                                         \
	" xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "                                                      \
	"xmlns:cim='http://schemas.dmtf.org/wbem/wscim/1/common'"                                                      \
	" xmlns:p='http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/X'"

struct fixture {
	struct arena arena;
	struct roster roster;
	struct wsman_access access;
	struct place place;
	struct snapshot snapshot;
	bool *virtual;
};

static int setup(void **state)
{
	static struct fixture fixture;

	memset(&fixture, 0, sizeof fixture);
	fixture.access.user = "Monitor";
	fixture.access.domain = "CORP";
	fixture.access.host = fixture.access.shown = "broker";
	fixture.place.collection = "";
	fixture.roster.taken_at = NOW;
	snapshot_init(&fixture.snapshot);
	*state = &fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	snapshot_free(&fixture->snapshot);
	arena_free(&fixture->roster.arena);
	arena_free(&fixture->arena);
	return 0;
}

static const struct xml_element *instance(struct fixture *fixture, const char *class, const char *properties)
{
	const char *text = arena_printf(&fixture->arena, "<p:%s" SPACES " xsi:type='p:%s_Type'>%s</p:%s>", class, class,
	                                properties, class),
	           *why = NULL;
	const struct xml_element *element = xml_parse(text, strlen(text), &fixture->arena, &why);

	assert_non_null(element);
	return element;
}

static struct listed listed(struct fixture *fixture, const char *class, const char *properties)
{
	struct listed read;

	assert_int_equal(listed_read(&read, instance(fixture, class, properties), &fixture->arena), 0);
	return read;
}

static void times_need_a_zone(void **state)
{
	static const struct {
		const char *text;
		int64_t at; /* 0: unknown */
	} table[] = {
	    {"<cim:Datetime>2026-11-21T03:04:05.678Z</cim:Datetime>", NOW},
	    {"<cim:Datetime>2026-11-21T04:04:05.678+01:00</cim:Datetime>", NOW},
	    {"2026-11-20T20:04:05.678-07:00", NOW},
	    {"20261121030405.678000+000", NOW},
	    {"20261121040405.678123+060", NOW},
	    {"20261120200405.678000-420", NOW},
	    {"<cim:Datetime>2026-11-21T03:04:05</cim:Datetime>", 0},
	    {"20261121030405.678000+***", 0},
	    {"********030405.678000+000", 0},
	    {"20261121030405.678000", 0},
	    {"20261331030405.678000+000", 0},
	    {"20261121030405.678000+0000", 0},
	    {"<cim:Datetime>1601-01-01T00:00:00Z</cim:Datetime>", 0},
	    {"16010101000000.000000+000", 0},
	    {"<cim:Interval>P1D</cim:Interval>", 0},
	    {"<cim:Datetime/>", 0},
	    {"soon", 0},
	    {"", 0},
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < COUNT(table); i++) {
		const char *text = arena_printf(&fixture->arena, "<p:When>%s</p:When>", table[i].text);
		struct moment when = instance_time(instance(fixture, "X", text), "When");

		assert_int_equal(when.is, table[i].at != 0 ? MOMENT_KNOWN : MOMENT_UNKNOWN);
		if (table[i].at != 0)
			assert_int_equal(when.at, table[i].at);
	}
	assert_int_equal(instance_time(instance(fixture, "X", "<p:When xsi:nil='true'/>"), "When").is, MOMENT_UNKNOWN);
	assert_int_equal(instance_time(instance(fixture, "X", ""), "When").is, MOMENT_UNKNOWN);
}

static void spans_come_in_three_forms(void **state)
{
	static const struct {
		const char *text;
		int64_t length; /* -1: unknown */
	} table[] = {
	    {"2700000", 45 * MINUTE},
	    {"0", 0},
	    {"<cim:Interval>PT45M</cim:Interval>", 45 * MINUTE},
	    {"<cim:Interval>P1DT2H3M4.5S</cim:Interval>", 26 * HOUR + 3 * MINUTE + 4500},
	    {"P0DT0H0M9S", 9000},
	    {"00000001020304.567000:000", 26 * HOUR + 3 * MINUTE + 4567},
	    {"00000001020304.567000:060", -1},
	    {"P1D2H", -1},
	    {"PT1M1H", -1},
	    {"PT", -1},
	    {"P", -1},
	    {"P1Y", -1},
	    {"PT1.5H", -1},
	    {"PT1.S", -1},
	    {"-1", -1},
	    {"1.5", -1},
	    {"99999999999999999999", -1},
	    {"P999999999D", -1},
	    {"", -1},
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < COUNT(table); i++) {
		const char *text = arena_printf(&fixture->arena, "<p:Idle>%s</p:Idle>", table[i].text);
		int64_t length = -1;

		if (instance_span(instance(fixture, "X", text), "idle", &length) < 0)
			length = -1;
		assert_int_equal(length, table[i].length);
	}
}

static void null_is_not_there(void **state)
{
	struct fixture *fixture = *state;
	const struct xml_element *told = instance(
	    fixture, "X",
	    "<p:A xsi:nil='true'>5</p:A><p:B xsi:nil='1'/><p:C xsi:nil='false'>5</p:C><p:D>6</p:D><p:E>x</p:E>");
	uint32_t number = 0;

	assert_null(instance_text(told, "A"));
	assert_null(instance_text(told, "B"));
	assert_string_equal(instance_text(told, "C"), "5");
	assert_string_equal(instance_clean(told, "F", &fixture->arena), "");
	assert_int_equal(instance_number(told, "d", &number), 0);
	assert_int_equal(number, 6);
	assert_int_equal(instance_number(told, "E", &number), -1);
	assert_int_equal(instance_number(told, "A", &number), -1);
}

/* The same number is another state in the other class. */
static void each_class_has_its_own_states(void **state)
{
	static const enum session_state extended[] = {
	    STATE_ACTIVE, STATE_CONNECTED, STATE_CONNECT_QUERY, STATE_SHADOW, STATE_DISCONNECTED, STATE_WAITING,
	    STATE_LISTEN, STATE_RESET,     STATE_DOWN,          STATE_INIT,   STATE_OTHER};
	static const enum session_state base[] = {STATE_ACTIVE, STATE_DISCONNECTED, STATE_OTHER, STATE_OTHER,
	                                          STATE_OTHER,  STATE_OTHER,        STATE_OTHER, STATE_OTHER,
	                                          STATE_OTHER,  STATE_OTHER,        STATE_OTHER};
	struct fixture *fixture = *state;

	for (unsigned i = 0; i < COUNT(extended); i++) {
		const char *text = arena_printf(&fixture->arena,
		                                "<p:ServerName>H</p:ServerName><p:SessionID>3</p:SessionID>"
		                                "<p:SessionState>%u</p:SessionState>",
		                                i);

		assert_int_equal(listed(fixture, CLASS_EXTENDED, text).state, extended[i]);
		assert_int_equal(listed(fixture, CLASS_BASE, text).state, base[i]);
	}
	assert_string_equal(listed(fixture, CLASS_BASE,
	                           "<p:ServerName>H</p:ServerName><p:SessionID>3</p:SessionID>"
	                           "<p:SessionState>4</p:SessionState>")
	                        .state_text,
	                    "state 4");
}

static void the_extended_class_knows_more(void **state)
{
	static const char text[] =
	    "<p:ServerName>RDSH1</p:ServerName><p:SessionId>3</p:SessionId><p:UserName>Bob</p:UserName>"
	    "<p:HostServer>RDSH1.Corp.Example</p:HostServer><p:UnifiedSessionId>5</p:UnifiedSessionId>"
	    "<p:CollectionAlias>Q</p:CollectionAlias><p:IdleTime>60000</p:IdleTime>"
	    "<p:ApplicationType>RDPINIT.EXE</p:ApplicationType>";
	struct fixture *fixture = *state;
	struct listed read = listed(fixture, CLASS_EXTENDED, text);

	assert_string_equal(read.host, "rdsh1.corp.example");
	assert_int_equal(read.id, 5);
	assert_string_equal(read.alias, "Q");
	assert_true(read.idle_known);
	assert_int_equal(read.idle, MINUTE);
	assert_int_equal(read.kind, KIND_REMOTE_APP);
	read = listed(fixture, CLASS_BASE, text);
	assert_string_equal(read.host, "rdsh1");
	assert_int_equal(read.id, 3);
	assert_string_equal(read.alias, "");
	assert_false(read.idle_known);
}

static void nonsense_is_left_out(void **state)
{
	static const char *const table[] = {
	    "",
	    "<p:ServerName>H</p:ServerName>",
	    "<p:SessionId>3</p:SessionId>",
	    "<p:ServerName>H</p:ServerName><p:SessionId>-3</p:SessionId>",
	    "<p:ServerName>H</p:ServerName><p:SessionId>4294967296</p:SessionId>",
	    "<p:ServerName>H</p:ServerName><p:SessionId><p:X/></p:SessionId>",
	    "<p:ServerName>evil@host</p:ServerName><p:SessionId>3</p:SessionId>",
	    "<p:ServerName>h:446</p:ServerName><p:SessionId>3</p:SessionId>",
	    "<p:ServerName>h/x</p:ServerName><p:SessionId>3</p:SessionId>",
	    "<p:ServerName>h[1-9]</p:ServerName><p:SessionId>3</p:SessionId>",
	    "<p:ServerName>h..x</p:ServerName><p:SessionId>3</p:SessionId>",
	    "<p:ServerName>-h</p:ServerName><p:SessionId>3</p:SessionId>",
	    "<p:ServerName>h&#10;x</p:ServerName><p:SessionId>3</p:SessionId>",
	    "<p:ServerName>hö</p:ServerName><p:SessionId>3</p:SessionId>",
	    "<p:ServerName>h.example%s</p:ServerName><p:SessionId>3</p:SessionId>",
	};
	struct fixture *fixture = *state;
	struct listed read;

	for (size_t i = 0; i < COUNT(table); i++) {
		assert_int_equal(listed_read(&read, instance(fixture, CLASS_EXTENDED, table[i]), &fixture->arena), -1);
		roster_add_session(&fixture->roster, instance(fixture, CLASS_BASE, table[i]));
	}
	assert_int_equal(listed_read(&read, instance(fixture, "Win32_Process", table[1]), &fixture->arena), -1);
	assert_int_equal(fixture->roster.left_out, COUNT(table));
	assert_int_equal(roster_fill(&fixture->roster, &fixture->place, &fixture->access, &fixture->snapshot,
	                             &fixture->virtual, &(struct error){0}),
	                 0);
	assert_false(fixture->snapshot.complete);
}

static void add(struct fixture *fixture, const char *host, unsigned id, const char *user, const char *alias,
                const char *more)
{
	roster_add_session(&fixture->roster,
	                   instance(fixture, CLASS_EXTENDED,
	                            arena_printf(&fixture->arena,
	                                         "<p:HostServer>%s</p:HostServer><p:SessionId>%u</p:SessionId>"
	                                         "<p:UserName>%s</p:UserName><p:DomainName>CORP</p:DomainName>"
	                                         "<p:CollectionAlias>%s</p:CollectionAlias>%s",
	                                         host, id, user, alias, more)));
}

static int fill(struct fixture *fixture, const char *collection, struct error *error)
{
	snapshot_free(&fixture->snapshot);
	fixture->place.collection = collection;
	return roster_fill(&fixture->roster, &fixture->place, &fixture->access, &fixture->snapshot, &fixture->virtual,
	                   error);
}

static void collections_by_name_and_alias(void **state)
{
	struct fixture *fixture = *state;
	struct error error = {0};

	add(fixture, "b.example", 2, "bob", "Q1", "");
	add(fixture, "a.example", 3, "alice", "Q1", "");
	add(fixture, "a.example", 3, "alice", "Q1", ""); /* twice in two pages */
	add(fixture, "a.example", 4, "monitor", "", "");
	add(fixture, "vm.example", 4, "dora", "Vdi", "");
	roster_add_collection(&fixture->roster, instance(fixture, CLASS_COLLECTION,
	                                                 "<p:Alias>Q1</p:Alias><p:Name>Büro &amp; Co</p:Name>"));
	fixture->roster.collections_told = true;
	assert_int_equal(fill(fixture, "", &error), 0);
	assert_int_equal(fixture->snapshot.count, 4);
	assert_string_equal(fixture->snapshot.sessions[0].id, "a.example/3");
	assert_string_equal(fixture->snapshot.sessions[0].collection, "Büro & Co");
	assert_string_equal(fixture->snapshot.sessions[1].collection, "");
	assert_int_equal(fixture->snapshot.sessions[1].own, FLAG_YES);
	assert_int_equal(fixture->snapshot.sessions[0].own, FLAG_NO);
	assert_string_equal(fixture->snapshot.sessions[2].host, "b.example");
	assert_false(fixture->virtual[0] || fixture->virtual[1] || fixture->virtual[2]);
	assert_true(fixture->virtual[3]);
	assert_int_equal(fill(fixture, "q1", &error), 0);
	assert_int_equal(fixture->snapshot.count, 2);
	assert_int_equal(fill(fixture, "Büro & Co", &error), 0);
	assert_int_equal(fixture->snapshot.count, 2);
	assert_int_equal(fill(fixture, "Other", &error), -1);
	assert_int_equal(error.code, ERROR_CONFIG);
	error_clear(&error);
	fixture->roster.base = true;
	assert_int_equal(fill(fixture, "q1", &error), -1);
	assert_int_equal(error.code, ERROR_UNSUPPORTED);
}

static void hosts_of_the_farm(void **state)
{
	static const struct {
		const char *host;
		enum session_class class;
	} table[] = {
	    {"alpha.corp.example", CLASS_USER},  {"beta", CLASS_USER},
	    {"gamma.corp.example", CLASS_USER},  {"alpha.other.example", CLASS_GHOST},
	    {"delta.corp.example", CLASS_GHOST}, {"alpha.cor", CLASS_GHOST},
	};
	struct fixture *fixture = *state;
	struct error error = {0};

	roster_add_server(&fixture->roster, instance(fixture, CLASS_SERVER, "<p:Name>ALPHA.corp.example</p:Name>"));
	roster_add_server(&fixture->roster, instance(fixture, CLASS_SERVER, "<p:Name>beta.corp.example</p:Name>"));
	roster_add_server(&fixture->roster, instance(fixture, CLASS_SERVER, "<p:Name>GAMMA</p:Name>"));
	for (unsigned i = 0; i < COUNT(table); i++)
		add(fixture, table[i].host, i, "bob", "", "");
	fixture->roster.servers_told = true;
	assert_int_equal(fill(fixture, "", &error), 0);
	for (size_t i = 0; i < fixture->snapshot.count; i++)
		assert_int_equal(fixture->snapshot.sessions[i].class,
		                 table[fixture->snapshot.sessions[i].number].class);
	fixture->roster.servers_told = false;
	assert_int_equal(fill(fixture, "", &error), 0);
	for (size_t i = 0; i < fixture->snapshot.count; i++)
		assert_int_equal(fixture->snapshot.sessions[i].class, CLASS_USER);
}

/* Those of the wanted collection, in use or not, by the names that their sessions have. */
static void the_hosts_of_a_collection(void **state)
{
	struct fixture *fixture = *state;
	struct error error = {0};

	roster_add_collection(&fixture->roster,
	                      instance(fixture, CLASS_COLLECTION, "<p:Alias>Desk</p:Alias><p:Name>Desktops</p:Name>"));
	fixture->roster.collections_told = true;
	roster_add_server(&fixture->roster, instance(fixture, CLASS_SERVER,
	                                             "<p:Name>ALPHA.corp.example</p:Name><p:CollectionAlias>Desk"
	                                             "</p:CollectionAlias>"));
	roster_add_server(&fixture->roster, instance(fixture, CLASS_SERVER,
	                                             "<p:Name>BETA.corp.example</p:Name><p:CollectionAlias>desk"
	                                             "</p:CollectionAlias>"));
	roster_add_server(&fixture->roster, instance(fixture, CLASS_SERVER,
	                                             "<p:Name>gamma.corp.example</p:Name><p:CollectionAlias>Apps"
	                                             "</p:CollectionAlias>"));
	roster_add_server(&fixture->roster, instance(fixture, CLASS_SERVER, "<p:Name>delta.corp.example</p:Name>"));
	add(fixture, "alpha", 1, "bob", "Desk", "");
	assert_int_equal(fill(fixture, "Desktops", &error), 0);
	assert_int_equal(fixture->snapshot.hosts.count, 2);
	assert_string_equal(fixture->snapshot.hosts.items[0], "alpha");
	assert_string_equal(fixture->snapshot.hosts.items[1], "beta.corp.example");
	assert_int_equal(fill(fixture, "", &error), 0);
	assert_int_equal(fixture->snapshot.hosts.count, 4);
}

static void times_of_a_broker(void **state)
{
	struct fixture *fixture = *state;
	struct error error = {0};
	const struct session *sessions;

	add(fixture, "h", 1, "a", "",
	    "<p:SessionState>0</p:SessionState><p:IdleTime>2700000</p:IdleTime>"
	    "<p:DisconnectTime>2026-11-21T00:00:00Z</p:DisconnectTime>");
	add(fixture, "h", 2, "a", "",
	    "<p:SessionState>4</p:SessionState><p:IdleTime>2700000</p:IdleTime>"
	    "<p:DisconnectTime>2026-11-21T00:00:00Z</p:DisconnectTime>");
	add(fixture, "h", 3, "a", "",
	    "<p:SessionState>0</p:SessionState><p:IdleTime>2700000</p:IdleTime>"
	    "<p:CreateTime>2026-11-21T03:00:00Z</p:CreateTime>");
	roster_set_clock(&fixture->roster,
	                 instance(fixture, CLASS_CLOCK, "<p:LocalDateTime>2026-11-21T03:04:05.678Z</p:LocalDateTime>"),
	                 NOW + 5000);
	assert_int_equal(fill(fixture, "", &error), 0);
	sessions = fixture->snapshot.sessions;
	assert_int_equal(fixture->snapshot.now, NOW - 5000);
	assert_int_equal(sessions[0].disconnect_time.is, MOMENT_NEVER);
	assert_int_equal(sessions[0].last_input.at, NOW - 5000 - 45 * MINUTE);
	assert_int_equal(sessions[1].disconnect_time.is, MOMENT_KNOWN);
	assert_int_equal(sessions[1].last_input.is, MOMENT_UNKNOWN);
	assert_int_equal(sessions[2].last_input.is, MOMENT_UNKNOWN); /* idle for longer than it has been there */
	fixture->roster.now.is = MOMENT_UNKNOWN;
	assert_int_equal(fill(fixture, "", &error), 0);
	sessions = fixture->snapshot.sessions;
	assert_int_equal(sessions[0].last_input.at, NOW - 45 * MINUTE);
	assert_int_equal(sessions[1].disconnect_time.is, MOMENT_UNKNOWN);
	roster_set_clock(&fixture->roster,
	                 instance(fixture, CLASS_CLOCK, "<p:LocalDateTime>1999-01-01T00:00:00Z</p:LocalDateTime>"),
	                 NOW);
	assert_int_equal(fixture->roster.now.is, MOMENT_UNKNOWN);
}

/* A session as its host has it. */
static struct session *real(struct visit *host, uint32_t number, const char *domain, const char *user)
{
	struct session *session = snapshot_add(&host->snapshot);

	session->id = arena_printf(&host->snapshot.arena, "%u", (unsigned)number);
	session->numbered = true;
	session->number = number;
	session->class = CLASS_USER;
	session->state = STATE_ACTIVE;
	session->domain = domain;
	session->user = user;
	session->birth = "01dc";
	session->last_input = moment_at(NOW);
	return session;
}

static void the_host_decides(void **state)
{
	struct fixture *fixture = *state;
	struct error error = {0};
	struct visit host = {.needs = 0};
	struct session *sessions;

	for (unsigned i = 1; i <= 5; i++)
		add(fixture, "h", i, "bob", "Q", "<p:SessionState>4</p:SessionState>");
	add(fixture, "other", 1, "bob", "Q", "");
	assert_int_equal(fill(fixture, "", &error), 0);
	snapshot_init(&host.snapshot);
	host.snapshot.provider = "tsts";
	host.snapshot.host = "h";
	host.snapshot.taken_at = NOW;
	host.snapshot.now = NOW + 7 * MINUTE;
	real(&host, 1, "CORP", "Bob");
	real(&host, 2, "CORP", "mallory");
	real(&host, 3, "OTHER", "bob");
	real(&host, 4, "CORP", "bob")->class = CLASS_CONSOLE;
	join_host(&fixture->snapshot, fixture->virtual, &host, "h", &fixture->place);
	sessions = fixture->snapshot.sessions;
	assert_string_equal(sessions[0].provider, "rds");
	assert_string_equal(sessions[0].id, "h/1");
	assert_string_equal(sessions[0].user, "Bob");
	assert_string_equal(sessions[0].birth, "01dc");
	assert_string_equal(sessions[0].collection, "Q");
	assert_int_equal(sessions[0].state, STATE_ACTIVE);
	assert_int_equal(sessions[0].clock_ahead, 7 * MINUTE);
	for (size_t i = 1; i < 5; i++) {
		assert_int_equal(sessions[i].class, CLASS_GHOST);
		assert_string_equal(sessions[i].birth, "");
	}
	assert_int_equal(sessions[5].class, CLASS_USER);
	assert_string_equal(sessions[5].birth, "");
	snapshot_free(&host.snapshot);
}

static void a_host_that_fails(void **state)
{
	static const struct {
		enum error_code code;
		enum session_class class;
	} table[] = {
	    {ERROR_NO_SUCH_HOST, CLASS_GHOST}, {ERROR_REFUSED, CLASS_GHOST},    {ERROR_UNREACHABLE, CLASS_GHOST},
	    {ERROR_TIMEOUT, CLASS_GHOST},      {ERROR_AUTH, CLASS_USER},        {ERROR_ACCESS, CLASS_USER},
	    {ERROR_CRASHED, CLASS_USER},       {ERROR_UNSUPPORTED, CLASS_USER},
	};
	struct fixture *fixture = *state;
	struct error error = {0};

	add(fixture, "h", 1, "bob", "", "");
	for (size_t i = 0; i < COUNT(table); i++) {
		struct visit host = {.error = {.code = table[i].code}};

		assert_int_equal(fill(fixture, "", &error), 0);
		join_host(&fixture->snapshot, fixture->virtual, &host, "h", &fixture->place);
		assert_int_equal(fixture->snapshot.sessions[0].class, table[i].class);
		assert_string_equal(fixture->snapshot.sessions[0].birth, "");
	}
}

/* A list that was cut short proves nothing. */
static void half_a_list_makes_no_ghosts(void **state)
{
	struct fixture *fixture = *state;
	struct error error = {0};
	struct visit host = {.needs = 0};

	add(fixture, "h", 1, "bob", "", "");
	assert_int_equal(fill(fixture, "", &error), 0);
	snapshot_init(&host.snapshot);
	host.snapshot.complete = false;
	join_host(&fixture->snapshot, fixture->virtual, &host, "h", &fixture->place);
	assert_int_equal(fixture->snapshot.sessions[0].class, CLASS_USER);
	assert_string_equal(fixture->snapshot.sessions[0].birth, "");
	snapshot_free(&host.snapshot);
}

static void ids_name_the_host(void **state)
{
	struct fixture *fixture = *state;
	uint32_t number = 0;

	assert_string_equal(roster_id("h.example", 4294967295u, &fixture->arena), "h.example/4294967295");
	assert_int_equal(roster_id_read("h.example/17", "h.example", &number), 0);
	assert_int_equal(number, 17);
	assert_int_equal(roster_id_read("h.example/17", "h", &number), -1);
	assert_int_equal(roster_id_read("h/17/18", "h", &number), -1);
	assert_int_equal(roster_id_read("h/", "h", &number), -1);
	assert_int_equal(roster_id_read("17", "h", &number), -1);
}

static int place(struct fixture *fixture, const char *address, const char *suffix, struct error *error)
{
	struct target_option option = {"upn-suffix", suffix};
	struct target target = {.url = address, .address = address, .options = &option, .option_count = suffix != NULL};

	error_clear(error);
	return place_read(&fixture->place, &target, &fixture->arena, error);
}

static void places_and_users(void **state)
{
	static const char *const wrong[] = {"b/x%2", "b/x%zz", "b/x%00y", "b/x%0ay", "b/a/b", "b/a%2fb",
	                                    "b/%ff", "b1,",    ",b2",     "b1,,b2",  "b1,B1", "1,2,3,4,5,6,7,8,9"};
	static const char *const suffixes[] = {
	    "", "CORP", "= corp.example", "CORP =", "A=b, C", "A = @corp", "A\\B = corp", "A = b = c"};
	struct fixture *fixture = *state;
	struct error error = {0};

	assert_int_equal(place(fixture, "b:5986/Office%20%c3%a9", NULL, &error), 0);
	assert_int_equal(fixture->place.broker_count, 1);
	assert_string_equal(fixture->place.brokers[0], "b:5986");
	assert_string_equal(fixture->place.collection, "Office é");
	assert_int_equal(place(fixture, "b1.corp.example,b2:5985,[::1]/Apps, all", NULL, &error), 0);
	assert_int_equal(fixture->place.broker_count, 3);
	assert_string_equal(fixture->place.brokers[0], "b1.corp.example");
	assert_string_equal(fixture->place.brokers[1], "b2:5985");
	assert_string_equal(fixture->place.brokers[2], "[::1]");
	assert_string_equal(fixture->place.collection, "Apps, all");
	assert_int_equal(place(fixture, "b", NULL, &error), 0);
	assert_string_equal(fixture->place.collection, "");
	assert_int_equal(place(fixture, "b/", NULL, &error), 0);
	assert_string_equal(fixture->place.collection, "");
	for (size_t i = 0; i < COUNT(wrong); i++) {
		assert_int_equal(place(fixture, wrong[i], NULL, &error), -1);
		assert_int_equal(error.code, ERROR_USAGE);
	}
	for (size_t i = 0; i < COUNT(suffixes); i++) {
		assert_int_equal(place(fixture, "b", suffixes[i], &error), -1);
		assert_int_equal(error.code, ERROR_CONFIG);
	}
	assert_int_equal(place(fixture, "b", "CORP = corp.example,EU=eu.corp.example", &error), 0);
	assert_string_equal(place_upn(&fixture->place, "corp", "Bob", &fixture->arena), "Bob@corp.example");
	assert_string_equal(place_upn(&fixture->place, "EU", "Bob", &fixture->arena), "Bob@eu.corp.example");
	assert_string_equal(place_upn(&fixture->place, "US", "Bob", &fixture->arena), "");
	assert_string_equal(place_upn(&fixture->place, "EU", "", &fixture->arena), "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(times_need_a_zone),
	    TEST(spans_come_in_three_forms),
	    TEST(null_is_not_there),
	    TEST(each_class_has_its_own_states),
	    TEST(the_extended_class_knows_more),
	    TEST(nonsense_is_left_out),
	    TEST(collections_by_name_and_alias),
	    TEST(hosts_of_the_farm),
	    TEST(the_hosts_of_a_collection),
	    TEST(times_of_a_broker),
	    TEST(the_host_decides),
	    TEST(a_host_that_fails),
	    TEST(half_a_list_makes_no_ghosts),
	    TEST(ids_name_the_host),
	    TEST(places_and_users),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
