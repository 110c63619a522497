/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One machine, several snapshots: no session twice, none lost. */
#include "t/unit/test.h"

#include <stdbool.h>
#include <string.h>

#include "lib/session/session.h"
#include "providers/local/merge.h"

static struct session *add(struct snapshot *snapshot, const char *id, const char *user, const char *station)
{
	struct session *session = snapshot_add(snapshot);

	session->id = id;
	session->user = user;
	session->station = station;
	return session;
}

/* The test's own rule: sessions of one user are the same. */
static bool same_user(const struct session *desktop, const struct session *login, const void *context)
{
	(void)context;
	return strcmp(desktop->user, login->user) == 0;
}

struct fixture {
	struct snapshot whole, desktops, logins;
};

static struct fixture fixture_make(void)
{
	struct fixture fixture;

	snapshot_init(&fixture.whole);
	snapshot_init(&fixture.desktops);
	snapshot_init(&fixture.logins);
	fixture.desktops.provider = "xrdp";
	fixture.logins.provider = "logind";
	return fixture;
}

static void fixture_free(struct fixture *fixture)
{
	snapshot_free(&fixture->whole);
	snapshot_free(&fixture->desktops);
	snapshot_free(&fixture->logins);
}

static void no_session_is_there_twice(void **state)
{
	struct fixture fixture = fixture_make();

	(void)state;
	add(&fixture.desktops, "101", "alice", "xrdp:10");
	add(&fixture.desktops, "102", "bob", "xrdp:11");
	add(&fixture.logins, "c1", "alice", ":10");
	add(&fixture.logins, "c2", "carol", "pts/1");
	add(&fixture.logins, "c3", "carol", "pts/2");
	assert_int_equal(merge_part(&fixture.whole, &fixture.desktops, same_user, NULL), 0);
	assert_int_equal(merge_part(&fixture.whole, &fixture.logins, same_user, NULL), 1);
	assert_int_equal(fixture.whole.count, 4); /* two logins of one provider are never one */
	assert_string_equal(fixture.whole.sessions[0].id, "101");
	assert_string_equal(fixture.whole.sessions[0].provider, "xrdp");
	assert_string_equal(fixture.whole.sessions[2].id, "c2");
	assert_string_equal(fixture.whole.sessions[3].provider, "logind");
	fixture_free(&fixture);
}

static void what_is_ours_stays_ours(void **state)
{
	static const struct {
		enum flag desktop, login, merged;
	} table[] = {{FLAG_NO, FLAG_YES, FLAG_YES},      {FLAG_YES, FLAG_NO, FLAG_YES},
	             {FLAG_NO, FLAG_NO, FLAG_NO},        {FLAG_UNKNOWN, FLAG_NO, FLAG_NO},
	             {FLAG_UNKNOWN, FLAG_YES, FLAG_YES}, {FLAG_YES, FLAG_UNKNOWN, FLAG_YES}};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct fixture fixture = fixture_make();
		struct session *login;

		add(&fixture.desktops, "101", "alice", "xrdp:10")->own = table[i].desktop;
		login = add(&fixture.logins, "c1", "alice", ":10");
		login->own = table[i].login;
		login->locked = FLAG_YES;
		login->inhibited = true;
		login->cpu_time = (struct span){true, 5};
		merge_part(&fixture.whole, &fixture.desktops, same_user, NULL);
		merge_part(&fixture.whole, &fixture.logins, same_user, NULL);
		assert_int_equal(fixture.whole.count, 1);
		assert_int_equal(fixture.whole.sessions[0].own, table[i].merged);
		assert_int_equal(fixture.whole.sessions[0].locked, FLAG_YES);
		assert_true(fixture.whole.sessions[0].inhibited && fixture.whole.sessions[0].cpu_time.known);
		fixture_free(&fixture);
	}
}

static void gaps_and_notices_are_kept(void **state)
{
	struct fixture fixture = fixture_make();

	(void)state;
	snapshot_notice(&fixture.desktops, "no idle times");
	merge_part(&fixture.whole, &fixture.desktops, same_user, NULL);
	assert_true(fixture.whole.complete);
	fixture.logins.complete = false;
	merge_part(&fixture.whole, &fixture.logins, same_user, NULL);
	assert_false(fixture.whole.complete);
	assert_int_equal(fixture.whole.notices.count, 1);
	assert_string_equal(fixture.whole.notices.items[0], "xrdp: no idle times");
	fixture_free(&fixture);
}

static void texts_outlive_their_part(void **state)
{
	struct fixture fixture = fixture_make();
	char id[] = "101";

	(void)state;
	add(&fixture.desktops, id, "alice", "xrdp:10");
	merge_part(&fixture.whole, &fixture.desktops, same_user, NULL);
	memset(id, 'x', 3);
	assert_string_equal(fixture.whole.sessions[0].id, "101");
	fixture_free(&fixture);
}

static void displays_are_read(void **state)
{
	static const struct {
		const char *station, *display;
	} table[] = {
	    {"xrdp:10", ":10"}, {":10", ":10"}, {":10.0", ":10"}, {"pts/3", ""},   {"", ""},
	    {"xrdp:", ""},      {":1x", ""},    {"seat0", ""},    {":10.", ":10"}, {":12345678901234567890", ""}};
	char display[16];

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		station_display(table[i].station, display, sizeof display);
		assert_string_equal(display, table[i].display);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_session_is_there_twice), cmocka_unit_test(what_is_ours_stays_ours),
	    cmocka_unit_test(gaps_and_notices_are_kept), cmocka_unit_test(texts_outlive_their_part),
	    cmocka_unit_test(displays_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
