/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is true: hosts, people, and the sessions that they have, whether the programs know it or not.  Times that end
 * in _at are true; the others are what the host says, on its own clock.
 */
#ifndef CURFEW_SIMULATION_WORLD_H
#define CURFEW_SIMULATION_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/session/session.h"

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE, DAY = 24 * HOUR };
enum { MESSAGES_KEPT = 64, FARM_HOSTS_MOST = 64, TARGETS_IN_FARM = 64 };

enum habit {
	HABIT_LOGS_OFF,    /* at the end of his day */
	HABIT_DISCONNECTS, /* likewise */
	HABIT_WALKS_AWAY,  /* leaves it as it is */
	HABIT_NEVER_HOME,  /* at work day and night: a robot */
	HABIT_COUNT,
};

struct seat;

struct person {
	char name[16];
	enum habit habit;
	bool exempt_group, group_known, exempt_client;
	unsigned heeds;       /* percent: does something when he reads a warning */
	bool locks;           /* his screen, when he leaves */
	int64_t begins, ends; /* ms of the day */
	int64_t pace;         /* ms between two inputs */
	bool at_desk;
	uint64_t turn; /* the event that is his next: others are old */
	struct seat *seat;
};

struct farm_host {
	char name[16];
	size_t target;
	int64_t ahead;      /* of true time */
	int64_t changed_at; /* its clock was set, or it was away, until then */
	int64_t clock_set_at;
	bool up;
	bool tells_input, tells_disconnect, tells_lock, delivers, answers;
	uint64_t memory; /* KiB; 0: it does not tell */
	int64_t jitter;  /* ms that two answers about one input differ */
	struct seat *seats;
	size_t seat_count;
};

/* A session. */
struct seat {
	uint64_t serial;
	struct farm_host *host;
	struct person *person; /* NULL: of nobody: services, the console */
	unsigned id;
	char birth[24];
	enum session_class class;
	enum flag own;
	enum session_state state;
	bool ending;
	struct moment logon, connect, disconnect, input;
	int64_t logon_at, connect_at, disconnect_at, input_at;
	bool exempt_client;
	bool locked;
	int64_t locked_at;        /* or unlocked */
	unsigned snoozes;         /* that the ledger surely has, */
	int64_t snoozed_at;       /* when, */
	int64_t snoozed_until;    /* and until when, true time */
	bool inhibits;            /* his job asks the host to stay awake; the others just run */
	int64_t job_at, job_ends; /* a job runs from then to then */
	int64_t job_ran;          /* ms that earlier ones took */
	size_t message_count;     /* all that were shown or tried */
	struct {
		int64_t at;
		bool shown;
		char policy[20];
		unsigned cause, rung; /* as the policy had it */
	} messages[MESSAGES_KEPT];
	int64_t promised_at[4]; /* of each cause: before this true time it will not be ended, its user was told */
	struct seat *next;
};

struct world {
	struct farm_host hosts[FARM_HOSTS_MOST];
	size_t host_count, target_count;
	struct person *people;
	size_t person_count;
	uint64_t events; /* things that happened to sessions */
	uint64_t logons, inputs, connects, disconnects, logoffs, host_falls, clock_jumps, id_reuses;
	int64_t disturbed_at;                     /* the last fault of the programs' machine, true time */
	int64_t host_fault_mean, clock_jump_mean; /* ms; 0: none */
};
extern struct world world;

/* What chance makes the farm of. */
struct world_plan {
	int64_t start;
	size_t targets, hosts_per_target, people_per_host;
	unsigned walks_away;                      /* percent */
	int64_t host_fault_mean, clock_jump_mean; /* ms between two of one host; 0: none */
	bool odd_hosts;                           /* some do not tell, deliver, or tell a little differently */
};
void world_make(const struct world_plan *plan);
void world_free(void);

int64_t host_clock(const struct farm_host *host);
struct seat *seat_by_id(const struct farm_host *host, unsigned id);
struct seat *seat_by_serial(uint64_t serial);
void seat_disconnect(struct seat *seat);
void seat_log_off(struct seat *seat); /* begins; it takes its time */
void seat_lock(struct seat *seat, bool locked);
void seat_message(struct seat *seat, bool shown, const char *policy, unsigned cause, unsigned rung);
/* An input of its user now, whoever asks. */
void seat_input(struct seat *seat);

/* KiB that are left on the host. */
uint64_t host_memory_left(const struct farm_host *host);
size_t host_users(const struct farm_host *host);

/* A job of its user's: it takes a whole CPU. */
void seat_work(struct seat *seat, int64_t length);
bool seat_works(const struct seat *seat);
int64_t seat_cpu_time(const struct seat *seat);

/* people.c */
void person_arrive(struct person *person);
void person_turn(struct person *person);
void person_read(struct person *person);
void person_return(struct person *person);
struct seat *seat_open(struct farm_host *host, struct person *person);
void seat_connect(struct seat *seat);
void seat_close(struct seat *seat);

/* Asks to be called. */
enum event_kind { EVENT_PERSON, EVENT_READ, EVENT_CLOSE, EVENT_HOST, EVENT_HOST_CLOCK };
void event_add(int64_t in, enum event_kind kind, uint64_t what, uint64_t turn);

#endif
