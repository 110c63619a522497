/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What will happen, and the time that leads there. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/base/arena.h"
#include "t/simulation/chance.h"
#include "t/simulation/clockwork.h"
#include "t/simulation/events.h"
#include "t/simulation/world.h"

struct event {
	int64_t at;
	uint64_t number; /* of two at one time the older comes first */
	enum event_kind kind;
	uint64_t what, turn;
};

static struct event *events; /* a heap */
static size_t count, allocated;
static uint64_t numbers;

struct virtual_time virtual_time;

int64_t time_wall(void)
{
	return virtual_time.now + virtual_time.ahead;
}

static bool before(const struct event *a, const struct event *b)
{
	return a->at != b->at ? a->at < b->at : a->number < b->number;
}

static void swap(size_t a, size_t b)
{
	struct event event = events[a];

	events[a] = events[b];
	events[b] = event;
}

void event_add(int64_t in, enum event_kind kind, uint64_t what, uint64_t turn)
{
	size_t at = count++;

	if (count > allocated) {
		allocated = allocated * 2 + 1024;
		events = must_realloc(events, allocated * sizeof *events);
	}
	events[at] = (struct event){virtual_time.now + (in > 0 ? in : 1), numbers++, kind, what, turn};
	for (; at > 0 && before(&events[at], &events[(at - 1) / 2]); at = (at - 1) / 2)
		swap(at, (at - 1) / 2);
}

static struct event event_take(void)
{
	struct event first = events[0];
	size_t at = 0;

	events[0] = events[--count];
	for (;;) {
		size_t least = at, left = 2 * at + 1;

		if (left < count && before(&events[left], &events[least]))
			least = left;
		if (left + 1 < count && before(&events[left + 1], &events[least]))
			least = left + 1;
		if (least == at)
			return first;
		swap(at, least);
		at = least;
	}
}

static void host_turn(struct farm_host *host)
{
	host->up = !host->up;
	host->changed_at = virtual_time.now;
	world.host_falls += !host->up;
	event_add(host->up ? chance_about(world.host_fault_mean) : chance_about(2 * HOUR), EVENT_HOST,
	          (uint64_t)(host - world.hosts), 0);
}

static void host_clock_set(struct farm_host *host)
{
	static const int64_t steps[] = {DAY,         -DAY,      HOUR,       -HOUR,    5 * MINUTE,
	                                -5 * MINUTE, 90 * 1000, -90 * 1000, 30 * 1000};

	host->ahead += steps[chance_below(sizeof steps / sizeof *steps)];
	host->changed_at = host->clock_set_at = virtual_time.now;
	world.clock_jumps++;
	event_add(chance_about(world.clock_jump_mean), EVENT_HOST_CLOCK, (uint64_t)(host - world.hosts), 0);
}

static void happen(const struct event *event)
{
	struct person *person = &world.people[event->what];
	struct seat *seat;

	switch (event->kind) {
	case EVENT_PERSON:
		if (person->turn == event->turn)
			person_turn(person);
		break;
	case EVENT_READ:
		person_read(person);
		break;
	case EVENT_CLOSE:
		if ((seat = seat_by_serial(event->what)) != NULL)
			seat_close(seat);
		break;
	case EVENT_HOST:
		host_turn(&world.hosts[event->what]);
		break;
	case EVENT_HOST_CLOCK:
		host_clock_set(&world.hosts[event->what]);
		break;
	}
}

void time_pass(int64_t length)
{
	int64_t end = virtual_time.now + (length > 0 ? length : 0);

	while (count > 0 && events[0].at <= end) {
		struct event event = event_take();

		virtual_time.now = event.at;
		happen(&event);
	}
	virtual_time.now = end;
}

void events_clear(void)
{
	count = 0;
	numbers = 0;
}
