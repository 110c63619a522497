/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * usage: past-tool DIR USERS DAYS SEED
 * Writes the ledger of DAYS of office work into a state folder, as a timer would have that looks every five minutes:
 * through ledger_see(), with a clock of its own.  The last day is yesterday, the first one a Monday.  The same seed
 * gives the same people and the same work.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/act/state.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/ledger/history.h"
#include "lib/ledger/ledger.h"
#include "lib/policy/policy.h"
#include "lib/session/session.h"

enum { MINUTE = 60 * 1000, DAY = 24 * 60 * MINUTE, STEP = 5 * MINUTE, PHASES_MOST = 32, PER_HOST = 30 };

enum phase_kind { AWAY, USED, IDLE, DISCONNECTED };
struct phase {
	int64_t from;
	enum phase_kind kind;
};

struct person {
	const char *name;
	struct phase phases[PHASES_MOST]; /* of this day; the first begins at its beginning */
	size_t count;
	enum phase_kind leaves; /* how the user spends the night */
	int64_t logon;          /* of the present session */
};

static uint64_t state;

static int64_t between(int64_t least, int64_t most)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return least + (int64_t)(state % (uint64_t)(most - least + 1));
}

static void phase_add(struct person *person, int64_t from, enum phase_kind kind)
{
	if (person->count < PHASES_MOST)
		person->phases[person->count++] = (struct phase){from, kind};
}

/* Half log off in the evening, a third disconnects, the others go and leave it as it is. */
static enum phase_kind evening(void)
{
	int64_t chance = between(0, 99);

	return chance < 50 ? AWAY : chance < 83 ? DISCONNECTED : IDLE;
}

/* Work with breaks, meetings and lunch.  midnight: the beginning of the day. */
static void day_make(struct person *person, int64_t midnight, int64_t day)
{
	bool works = day % 7 < 5 ? between(0, 99) < 92 : between(0, 99) < 4;
	int64_t at = midnight + between(7 * 60 + 30, 10 * 60) * MINUTE;
	const int64_t end = midnight + between(15 * 60 + 30, 18 * 60 + 30) * MINUTE;

	person->count = 0;
	phase_add(person, midnight, day == 0 ? AWAY : person->leaves);
	if (!works)
		return;
	while (at < end) {
		phase_add(person, at, USED);
		at += between(25, 150) * MINUTE;
		if (at >= end)
			break;
		phase_add(person, at, between(0, 9) == 0 ? DISCONNECTED : IDLE);
		at += between(6, 110) * MINUTE;
	}
	person->leaves = evening();
	phase_add(person, end, person->leaves);
}

static const struct phase *phase_at(const struct person *person, int64_t now)
{
	size_t number = person->count;

	while (number > 1 && person->phases[number - 1].from > now)
		number--;
	return &person->phases[number - 1];
}

/* Since when the phase lasts: that of the night began on an earlier day. */
static int64_t since(const struct person *person, const struct phase *phase, int64_t before)
{
	return phase == person->phases ? before : phase->from;
}

static void session_make(struct snapshot *snapshot, struct person *person, size_t number, int64_t now, int64_t *left)
{
	const struct phase *phase = phase_at(person, now);
	struct session *session;

	if (phase->kind == AWAY) {
		person->logon = 0;
		return;
	}
	if (person->logon == 0)
		person->logon = phase->from;
	if (phase != person->phases)
		left[number] = phase->from;
	session = snapshot_add(snapshot);
	session->id = arena_printf(&snapshot->arena, "%zu", number);
	session->user = person->name;
	session->domain = "EXAMPLE";
	session->birth = arena_printf(&snapshot->arena, "%" PRId64, person->logon);
	session->class = CLASS_USER;
	session->kind = KIND_DESKTOP;
	session->logon_time = moment_at(person->logon);
	session->state = phase->kind == DISCONNECTED ? STATE_DISCONNECTED : STATE_ACTIVE;
	session->disconnect_time.is = MOMENT_NEVER;
	if (phase->kind == DISCONNECTED)
		session->disconnect_time = moment_at(since(person, phase, left[number]));
	session->last_input = moment_at(phase->kind == USED ? now : since(person, phase, left[number]));
	string_list_add(&session->facts, &snapshot->arena,
	                arena_printf(&snapshot->arena, "memory=%lld", (200 + 37LL * (long long)(number % 40)) << 20));
}

static void host_make(struct snapshot *snapshot, struct person *people, size_t first, size_t end, int64_t now,
                      int64_t *left)
{
	snapshot_init(snapshot);
	snapshot->provider = "sim";
	snapshot->now = snapshot->taken_at = now;
	snapshot->host = arena_printf(&snapshot->arena, "ts%02zu", first / PER_HOST + 1);
	for (size_t i = first; i < end; i++)
		session_make(snapshot, &people[i], i, now, left);
}

/* One look at all hosts. */
static int look(struct ledger *ledger, struct person *people, size_t count, int64_t now, int64_t *left)
{
	const struct ledger_clock clock = {.wall = now, .uptime = now, .boot = "past"};
	const size_t hosts = (count + PER_HOST - 1) / PER_HOST;
	struct snapshot *snapshots = must_alloc((hosts + 1) * sizeof *snapshots);
	struct ledger_look *looks = must_alloc((hosts + 1) * sizeof *looks);
	struct arena arena = {0};
	struct error error = {0};
	int result;

	for (size_t i = 0; i < hosts; i++) {
		size_t first = i * PER_HOST, end = first + PER_HOST < count ? first + PER_HOST : count;

		host_make(&snapshots[i], people, first, end, now, left);
		looks[i].url = arena_printf(&arena, "sim:/past.sim#%s", snapshots[i].host);
		looks[i].snapshot = &snapshots[i];
		looks[i].histories = arena_alloc(&arena, PER_HOST * sizeof *looks[i].histories);
	}
	result = ledger_see(ledger, looks, hosts, &clock, &error);
	if (result < 0)
		fprintf(stderr, "%s\n", error.text);
	for (size_t i = 0; i < hosts; i++)
		snapshot_free(&snapshots[i]);
	free(snapshots);
	free(looks);
	arena_free(&arena);
	return result;
}

/* Whole days, the last one was yesterday. */
static int live(struct ledger *ledger, struct person *people, size_t count, int64_t days)
{
	int64_t *left = must_alloc((count + 1) * sizeof *left);
	const int64_t end = clock_now() / DAY * DAY, begin = end - days * DAY;
	int result = 0;

	for (int64_t at = begin; at < end && result == 0; at += STEP) {
		if ((at - begin) % DAY == 0)
			for (size_t i = 0; i < count; i++)
				day_make(&people[i], at, (at - begin) / DAY);
		result = look(ledger, people, count, at, left);
	}
	free(left);
	return result;
}

int main(int argc, char **argv)
{
	struct arena arena = {0};
	struct state_dir dir;
	struct ledger *ledger;
	struct person *people;
	struct error error = {0};
	size_t count;
	int result;

	if (argc != 5) {
		fprintf(stderr, "usage: past-tool DIR USERS DAYS SEED\n");
		return 2;
	}
	count = strtoul(argv[2], NULL, 10);
	state = strtoull(argv[4], NULL, 10) * UINT64_C(2685821657736338717) + 1;
	if (state_dir_open(&dir, argv[1], &error) < 0 || ledger_open(&ledger, &dir, LEDGER_WRITE, MINUTE, &error) < 0) {
		fprintf(stderr, "%s\n", error.text);
		return 1;
	}
	ledger_keep(ledger, 3650 * (int64_t)DAY);
	people = arena_alloc(&arena, (count + 1) * sizeof *people);
	for (size_t i = 0; i < count; i++)
		people[i] = (struct person){.name = arena_printf(&arena, "user%03zu", i), .leaves = AWAY};
	result = live(ledger, people, count, strtol(argv[3], NULL, 10));
	ledger_close(ledger);
	state_dir_close(&dir);
	arena_free(&arena);
	return result < 0;
}
