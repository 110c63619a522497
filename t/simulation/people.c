/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people do all day: come, type, go to lunch, go home in their own way, and come back. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/session/session.h"
#include "t/simulation/chance.h"
#include "t/simulation/clockwork.h"
#include "t/simulation/world.h"

static void turn_in(struct person *person, int64_t length)
{
	event_add(length, EVENT_PERSON, (uint64_t)(person - world.people), ++person->turn);
}

/* The clock of the house: nobody minds summer time. */
static int64_t time_of_day(void)
{
	return virtual_time.now % DAY;
}

static bool working_day(void)
{
	int64_t day = (virtual_time.now / DAY + 3) % 7; /* 0: Monday */

	return day < 5 || chance_one_in(12);
}

/* His next arrival. */
void person_arrive(struct person *person)
{
	int64_t wait = person->begins - time_of_day() + chance_between(-20, 40) * MINUTE;

	person->at_desk = false;
	if (person->habit == HABIT_NEVER_HOME)
		wait = chance_below(HOUR);
	turn_in(person, wait > 0 ? wait : wait + DAY);
}

static void sit_down(struct person *person)
{
	struct farm_host *host = &world.hosts[chance_below((int64_t)world.host_count)];

	if (person->seat != NULL && person->seat->ending)
		return;
	if (person->seat != NULL && !person->seat->host->up)
		return;
	if (person->seat != NULL && person->seat->state != STATE_ACTIVE)
		seat_connect(person->seat);
	else if (person->seat != NULL)
		seat_input(person->seat);
	else if (host->up)
		seat_open(host, person);
}

static void go_home(struct person *person)
{
	struct seat *seat = person->seat;

	if (seat != NULL && chance_one_in(5))
		seat_work(seat, chance_about(3 * HOUR));
	if (seat != NULL && person->locks)
		seat_lock(seat, true);
	if (seat != NULL && !seat->ending && seat->state == STATE_ACTIVE) {
		if (person->habit == HABIT_LOGS_OFF)
			seat_log_off(seat);
		else if (person->habit == HABIT_DISCONNECTS)
			seat_disconnect(seat);
	}
	person_arrive(person);
}

/* A meeting, lunch, a call: or the next key. */
static int64_t pause_of(const struct person *person)
{
	int64_t kind = chance_below(400);

	if (person->habit == HABIT_NEVER_HOME)
		return chance_about(person->pace);
	if (kind == 0)
		return chance_between(40, 200) * MINUTE;
	if (kind < 4)
		return chance_between(10, 60) * MINUTE;
	return chance_about(person->pace);
}

/* Who leaves his desk for long may lock his screen. */
static void go_on(struct person *person)
{
	int64_t pause = pause_of(person);

	if (pause > 10 * MINUTE && person->locks && person->seat != NULL)
		seat_lock(person->seat, true);
	turn_in(person, pause);
}

void person_turn(struct person *person)
{
	if (!person->at_desk && !working_day() && person->habit != HABIT_NEVER_HOME) {
		person_arrive(person);
		return;
	}
	person->at_desk = true;
	sit_down(person);
	if (person->habit != HABIT_NEVER_HOME && time_of_day() > person->ends)
		go_home(person);
	else
		go_on(person);
}

/* He sees the warning, if he is there.  Some hang up, and are back soon. */
void person_read(struct person *person)
{
	struct seat *seat = person->seat;

	if (!person->at_desk || seat == NULL || seat->state != STATE_ACTIVE || seat->ending)
		return;
	if (chance_one_in(6)) {
		seat_disconnect(seat);
		turn_in(person, chance_about(2 * MINUTE));
	} else {
		seat_input(seat);
	}
}

/* In the very moment in which he is to be ended. */
void person_return(struct person *person)
{
	struct seat *seat = person->seat;

	if (seat == NULL || seat->ending)
		return;
	if (seat->state == STATE_ACTIVE)
		seat_input(seat);
	else
		seat_connect(seat);
}
