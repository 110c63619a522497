/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/simulation/world.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/session/session.h"
#include "t/simulation/chance.h"
#include "t/simulation/clockwork.h"
#include "t/simulation/events.h"

enum { MEMORY_OF_SESSION = 768 * 1024 }; /* KiB */

struct world world;
static uint64_t serials;

int64_t host_clock(const struct farm_host *host)
{
	return virtual_time.now + host->ahead;
}

struct seat *seat_by_id(const struct farm_host *host, unsigned id)
{
	for (struct seat *seat = host->seats; seat != NULL; seat = seat->next)
		if (seat->id == id)
			return seat;
	return NULL;
}

struct seat *seat_by_serial(uint64_t serial)
{
	for (size_t i = 0; i < world.host_count; i++)
		for (struct seat *seat = world.hosts[i].seats; seat != NULL; seat = seat->next)
			if (seat->serial == serial)
				return seat;
	return NULL;
}

size_t host_users(const struct farm_host *host)
{
	size_t count = 0;

	for (const struct seat *seat = host->seats; seat != NULL; seat = seat->next)
		count += seat->class == CLASS_USER;
	return count;
}

/* Each session takes as much. */
uint64_t host_memory_left(const struct farm_host *host)
{
	const uint64_t used = host_users(host) * MEMORY_OF_SESSION;

	return used < host->memory ? host->memory - used : 0;
}

/* The smallest that is free, as Windows does it: who has just gone leaves his number to the next. */
static unsigned free_id(const struct farm_host *host)
{
	static unsigned most;
	unsigned id = 1;

	while (seat_by_id(host, id) != NULL)
		id++;
	world.id_reuses += id < most;
	most = id > most ? id : most;
	return id;
}

void seat_lock(struct seat *seat, bool locked)
{
	if (seat->locked == locked)
		return;
	seat->locked = locked;
	seat->locked_at = virtual_time.now;
}

/* Who types has unlocked his screen. */
void seat_input(struct seat *seat)
{
	seat_lock(seat, false);
	seat->input = moment_at(host_clock(seat->host));
	seat->input_at = virtual_time.now;
	world.events++;
	world.inputs++;
}

void seat_connect(struct seat *seat)
{
	seat->state = STATE_ACTIVE;
	seat->connect = moment_at(host_clock(seat->host));
	seat->connect_at = virtual_time.now;
	seat->disconnect.is = MOMENT_NEVER;
	seat->exempt_client = seat->person != NULL && seat->person->exempt_client;
	world.connects++;
	seat_input(seat);
}

struct seat *seat_open(struct farm_host *host, struct person *person)
{
	struct seat *seat = must_alloc(sizeof *seat);

	*seat = (struct seat){.serial = ++serials, .host = host, .person = person, .class = CLASS_USER, .own = FLAG_NO};
	seat->id = free_id(host);
	snprintf(seat->birth, sizeof seat->birth, "b%llu", (unsigned long long)seat->serial);
	seat->logon = moment_at(host_clock(host));
	seat->logon_at = virtual_time.now;
	seat->next = host->seats;
	host->seats = seat;
	host->seat_count++;
	if (person != NULL)
		person->seat = seat;
	world.logons++;
	world.events++;
	seat_connect(seat);
	return seat;
}

void seat_close(struct seat *seat)
{
	struct seat **at = &seat->host->seats;

	while (*at != seat)
		at = &(*at)->next;
	*at = seat->next;
	seat->host->seat_count--;
	if (seat->person != NULL)
		seat->person->seat = NULL;
	world.logoffs++;
	world.events++;
	free(seat);
}

void seat_disconnect(struct seat *seat)
{
	if (seat->state == STATE_DISCONNECTED)
		return;
	seat->state = STATE_DISCONNECTED;
	seat->disconnect = moment_at(host_clock(seat->host));
	seat->disconnect_at = virtual_time.now;
	world.disconnects++;
	world.events++;
}

void seat_log_off(struct seat *seat)
{
	if (seat->ending)
		return;
	seat->ending = true;
	event_add(chance_percent(80) ? 100 + chance_below(1000) : chance_about(20000), EVENT_CLOSE, seat->serial, 0);
}

void seat_message(struct seat *seat, bool shown, const char *policy, unsigned cause, unsigned rung)
{
	size_t at = seat->message_count++ % MESSAGES_KEPT;

	seat->messages[at].at = virtual_time.now;
	seat->messages[at].shown = shown;
	snprintf(seat->messages[at].policy, sizeof seat->messages[at].policy, "%s", policy);
	seat->messages[at].cause = cause;
	seat->messages[at].rung = rung;
	world.events++;
	if (shown && seat->person != NULL && chance_percent(seat->person->heeds))
		event_add(chance_about(2 * MINUTE), EVENT_READ, (uint64_t)(seat->person - world.people), 0);
}

void seat_work(struct seat *seat, int64_t length)
{
	seat->job_ran = seat_cpu_time(seat);
	seat->job_at = virtual_time.now;
	seat->job_ends = virtual_time.now + length;
	seat->inhibits = chance_one_in(3);
}

bool seat_works(const struct seat *seat)
{
	return virtual_time.now < seat->job_ends;
}

int64_t seat_cpu_time(const struct seat *seat)
{
	return seat->job_ran + (seat_works(seat) ? virtual_time.now : seat->job_ends) - seat->job_at;
}

/* Sessions that are nobody's to end. */
static void seats_of_the_house(struct farm_host *host)
{
	struct seat *services = seat_open(host, NULL), *console;

	services->class = CLASS_SERVICES;
	if (!chance_percent(40))
		return;
	console = seat_open(host, NULL);
	console->class = chance_percent(50) ? CLASS_CONSOLE : CLASS_USER;
	console->own = console->class == CLASS_USER ? FLAG_YES : FLAG_NO;
}

static void host_make(struct farm_host *host, size_t number, const struct world_plan *plan)
{
	*host = (struct farm_host){.target = number / plan->hosts_per_target,
	                           .up = true,
	                           .ahead = chance_between(-20000, 20000),
	                           .changed_at = plan->start,
	                           .tells_input = true,
	                           .tells_disconnect = true,
	                           .tells_lock = true,
	                           .delivers = true,
	                           .answers = true};
	snprintf(host->name, sizeof host->name, "ts%02zu", number);
	if (plan->odd_hosts) {
		host->tells_input = !chance_one_in(8);
		host->tells_disconnect = !chance_one_in(5);
		host->tells_lock = !chance_one_in(5);
		host->delivers = !chance_one_in(8);
		host->answers = !chance_one_in(5);
		host->jitter = chance_one_in(4) ? 400 : 0;
	}
	if (plan->hosts_per_target == 1 && !chance_one_in(3))
		host->memory = (uint64_t)chance_between(4, 16) * 1024 * 1024;
	if (plan->host_fault_mean > 0)
		event_add(chance_about(plan->host_fault_mean), EVENT_HOST, number, 0);
	if (plan->clock_jump_mean > 0)
		event_add(chance_about(plan->clock_jump_mean), EVENT_HOST_CLOCK, number, 0);
	seats_of_the_house(host);
}

static void person_make(struct person *person, size_t number, const struct world_plan *plan)
{
	unsigned kind = (unsigned)chance_below(100);

	*person = (struct person){.habit = HABIT_WALKS_AWAY, .group_known = true, .heeds = 30};
	if (kind >= plan->walks_away)
		person->habit = chance_percent(50) ? HABIT_DISCONNECTS : HABIT_LOGS_OFF;
	if (chance_one_in(40))
		person->habit = HABIT_NEVER_HOME;
	snprintf(person->name, sizeof person->name, chance_one_in(15) ? "svc-%04zu" : "u%04zu", number);
	person->exempt_group = chance_one_in(20);
	person->group_known = !chance_one_in(25);
	person->exempt_client = chance_one_in(20);
	person->locks = chance_percent(50);
	person->begins = 6 * HOUR + chance_below(4 * HOUR);
	person->ends = person->begins + 7 * HOUR + chance_below(3 * HOUR);
	person->pace = MINUTE + chance_below(7 * MINUTE);
	person_arrive(person);
}

void world_make(const struct world_plan *plan)
{
	memset(&world, 0, sizeof world);
	events_clear();
	serials = 0;
	virtual_time = (struct virtual_time){.now = plan->start, .started_at = plan->start - DAY};
	world.host_fault_mean = plan->host_fault_mean;
	world.clock_jump_mean = plan->clock_jump_mean;
	world.target_count = plan->targets;
	world.host_count = plan->targets * plan->hosts_per_target;
	world.person_count = world.host_count * plan->people_per_host;
	world.people = must_alloc(world.person_count * sizeof *world.people);
	for (size_t i = 0; i < world.host_count; i++)
		host_make(&world.hosts[i], i, plan);
	for (size_t i = 0; i < world.person_count; i++)
		person_make(&world.people[i], i, plan);
}

void world_free(void)
{
	for (size_t i = 0; i < world.host_count; i++)
		while (world.hosts[i].seats != NULL)
			seat_close(world.hosts[i].seats);
	free(world.people);
	world.people = NULL;
	world.host_count = 0;
}
