/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A month of a farm in minutes: people, hosts and clocks of chance, and the real lib/enforce, lib/policy, lib/ledger
 * and lib/act run against them.  What must not be ends it with 1 and the seed, and the same seed ends in the same way.
 *
 *   simulate [--seed N] [--seeds N] [--days N] [--events N] [--policy FILE] [--say]
 *
 * --policy: the policies of this file (targets: farm), without faults, and what they did.
 */
#include "t/simulation/simulate.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/act/audit.h"
#include "lib/act/remedy_writer.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/config/config.h"
#include "lib/config/config_load.h"
#include "lib/config/programs.h"
#include "lib/config/settings.h"
#include "lib/enforce/enforce.h"
#include "lib/enforce/enforce_run.h"
#include "lib/policy/policy.h"
#include "t/simulation/acts.h"
#include "t/simulation/calls.h"
#include "t/simulation/chance.h"
#include "t/simulation/check.h"
#include "t/simulation/clockwork.h"
#include "t/simulation/disk.h"
#include "t/simulation/farm.h"
#include "t/simulation/journal.h"
#include "t/simulation/model.h"
#include "t/simulation/process.h"
#include "t/simulation/say.h"
#include "t/simulation/vfs.h"
#include "t/simulation/world.h"

#define CONFIG_FILE "/sim/curfew.conf"

enum { AUDIT_LARGE = 20 * 1000 }; /* bytes */
/* Runs that nothing disturbed: the ledger is read behind one in so many. */
enum { READ_EVERY = 25 };

struct simulation simulation;
static struct settings settings;
static bool aloud;

struct options {
	uint64_t seed, seeds, events;
	int64_t days;
	const char *policy; /* NULL: of chance */
};

/* What a run says.  The dead are not heard. */
static int hear(void *context, const char *text, size_t length, struct error *error)
{
	bool *audit = context;

	(void)error;
	if (process_now != NULL && process_now->dead)
		return 0;
	*audit = *audit || strstr(text, AUDIT_FILE) != NULL;
	if (strstr(text, "was damaged") != NULL)
		check_failed("%s", text);
	if (strstr(text, "nothing done") != NULL && strstr(text, "more than --max") != NULL) {
		simulation.limits_hit++;
		simulation.disturbed_at = virtual_time.now;
	}
	if (strstr(text, "CRITICAL") != NULL || strstr(text, "UNKNOWN") != NULL)
		simulation.disturbed_at = virtual_time.now;
	if (aloud)
		fwrite(text, 1, length, stdout);
	return 0;
}

static void work(struct process *process)
{
	bool audit = false;
	struct remedy_writer writer = {hear, &audit};
	struct error error = {0};
	int status;

	check_run_begin(process);
	if (aloud) {
		char time[TIME_TEXT_SIZE];

		time_format(time, sizeof time, virtual_time.now);
		printf("== %s run %d\n", time, process->pid);
	}
	status = enforce_run(&program_enforce, &settings, &writer, &error);
	if (status < 0 || status > 1 || process->dead) {
		simulation.failed_runs++;
		simulation.disturbed_at = virtual_time.now;
		if (aloud)
			printf("== run %d: %s %d %s\n", process->pid, process->dead ? "killed" : "status", status,
			       error.text);
	}
	if (!process->dead && process->calls > 0)
		simulation.calls = (simulation.calls * 3 + process->calls) / 4;
	check_run_end(process, audit);
	if (!process->dead)
		journal_refusals(process->pid, say_refusal);
}

static void settings_make(const char *file)
{
	static const uint64_t acts[] = {10, 1000, 1000};
	struct error error = {0};

	settings_init(&settings);
	disk_put(CONFIG_FILE, file != NULL ? policies_given(&settings.arena, world.target_count, file)
	                                   : policies_text(&settings.arena, world.target_count));
	if (config_load(&settings.config, farm_providers, CONFIG_FILE, &settings.arena, &error) < 0)
		check_failed("the configuration: %s", error.text);
	settings.execute = true;
	settings.state_dir = STATE_FOLDER;
	settings.timeout = 2 * MINUTE;
	settings.explain = aloud;
	settings.max_acts = settings.max_acts_total = file != NULL ? 1000 : acts[chance_below(3)];
	settings.max_percent = chance_one_in(4) && file == NULL ? 50 : 100;
	settings.max_acts_night = chance_one_in(4) && file == NULL ? (uint64_t)chance_between(5, 40) : 0;
	settings.max_acts_night_total = chance_one_in(8) && file == NULL ? (uint64_t)chance_between(10, 60) : 0;
	if (aloud)
		printf("%s\n", disk_find(CONFIG_FILE)->now.bytes);
}

/* Each kind of fault is there or not: a seed without one shows what the others alone do. */
static void draw(void)
{
	const struct world_plan plan = {
	    .start = INT64_C(1767225600000) + chance_below(365) * DAY, /* some day of 2026 */
	    .targets = (size_t)chance_between(2, 12),
	    .hosts_per_target = chance_one_in(3) ? 3 : 1,
	    .people_per_host = (size_t)chance_between(4, 25),
	    .walks_away = (unsigned)chance_between(10, 80),
	    .host_fault_mean = chance_one_in(2) ? chance_between(1, 10) * DAY : 0,
	    .clock_jump_mean = chance_one_in(3) ? chance_between(1, 10) * DAY : 0,
	    .odd_hosts = chance_one_in(2),
	};

	simulation = (struct simulation){.interval = chance_between(1, 10) * MINUTE, .disturbed_at = plan.start};
	farm_faults = (struct farm_faults){0};
	truth_no_holidays();
	if (chance_one_in(3))
		farm_faults = (struct farm_faults){.slow_one_in = 500, .fail_one_in = 1000, .cut_one_in = 300};
	if (chance_one_in(2))
		farm_faults.return_one_in = 20;
	if (chance_one_in(2))
		simulation.kill_one_in = chance_between(2, 40);
	if (chance_one_in(2))
		simulation.power_one_in = chance_between(1, 4);
	if (chance_one_in(2))
		simulation.twice_one_in = chance_between(1, 10);
	if (chance_one_in(4))
		simulation.clock_one_in = chance_between(20, 500);
	calls_fail_one_in = chance_one_in(4) ? chance_between(200, 20000) : 0;
	world_make(&plan);
	settings_make(NULL);
}

/* For a policy that is given: nothing but people. */
static void draw_quiet(const char *file)
{
	const struct world_plan plan = {
	    .start = INT64_C(1772409600000), /* Monday, 2026-03-02 */
	    .targets = 6,
	    .hosts_per_target = 1,
	    .people_per_host = 12,
	    .walks_away = 50,
	};

	simulation = (struct simulation){.interval = 5 * MINUTE, .disturbed_at = plan.start};
	farm_faults = (struct farm_faults){0};
	calls_fail_one_in = 0;
	truth_no_holidays();
	world_make(&plan);
	settings_make(file);
}

/* As logrotate does it, long before a real one would: reading it again and again is what the time goes into. */
static void rotate_audit(void)
{
	const struct inode *audit = disk_find(STATE_FOLDER "/audit.jsonl");

	if (audit != NULL && audit->now.size > AUDIT_LARGE && !acts_wait())
		disk_rename(STATE_FOLDER "/audit.jsonl", STATE_FOLDER "/audit.jsonl.1");
}

static void killed(struct process *process)
{
	calls_killed(process);
	vfs_killed(process);
}

/* The machine of the handlers starts again, in a while, and its clock may be another. */
static void power_lost(void)
{
	disk_power_loss();
	model_power_lost();
	simulation.power_losses++;
	virtual_time.starts++;
	virtual_time.started_at = virtual_time.now;
}

/* Now and then a run is killed, or the machine with it, at a call of chance; or begins twice. */
static void run_once(void)
{
	const bool twice = chance_one_in(simulation.twice_one_in);

	for (int i = 0; i < (twice ? 2 + (int)chance_below(2) : 1); i++) {
		struct process *process = process_start(work, NULL);

		if (!chance_one_in(simulation.kill_one_in))
			continue;
		process->dies_at = 1 + (uint64_t)chance_below((int64_t)simulation.calls + 1);
		process->takes_power = chance_one_in(simulation.power_one_in);
	}
	process_run_all();
}

/* Somebody sets the clock of the handlers' machine. */
static void own_clock_set(void)
{
	static const int64_t steps[] = {DAY, -DAY, HOUR, -HOUR, 10 * MINUTE, -10 * MINUTE, 90 * 1000, -90 * 1000};

	if (!chance_one_in(simulation.clock_one_in))
		return;
	virtual_time.ahead += steps[chance_below(sizeof steps / sizeof *steps)];
	simulation.clock_sets++;
	simulation.clock_set_at = simulation.disturbed_at = virtual_time.now;
}

/* Behind all runs of this moment: what the audit says, and what a reader of the ledger is told. */
static void look_back(void)
{
	const uint64_t disturbed = process_kills + calls_failed;

	acts_follow();
	if (disturbed != simulation.disturbed || ++simulation.turns % READ_EVERY == 0)
		model_compare();
	simulation.disturbed = disturbed;
}

/* The policies as the product reads them, for the checks. */
static struct enforcement reading;

static void simulate(uint64_t seed, const struct options *options)
{
	struct error error = {0};
	int64_t end;

	chance_seed(seed);
	vfs_begin();
	process_begin();
	process_kills = disk_writes_lost = calls_failed = 0;
	disk_clear();
	check_begin(seed, &settings);
	if (options->policy != NULL)
		draw_quiet(options->policy);
	else
		draw();
	end = virtual_time.now + options->days * DAY;
	reading = (struct enforcement){.settings = &settings};
	if (enforce_policies(&reading, &error) < 0)
		check_failed("the policies: %s", error.text);
	check_policies(reading.policies, reading.policy_count);
	for (size_t i = 0; i < reading.policy_count; i++)
		if (reading.policies[i].snooze.known)
			simulation.run_takes = settings.timeout;
	while (virtual_time.now < end && (options->events == 0 || world.events < options->events)) {
		time_pass(simulation.interval + chance_below(2000));
		own_clock_set();
		run_once();
		look_back();
		check_nobody_overstays(reading.policies, reading.policy_count);
		rotate_audit();
	}
	if (sums.decisions == 0)
		check_failed("nothing was decided");
	if (options->policy != NULL)
		say_policy(options->policy, options->days);
	else
		say_sums(seed);
	model_free();
	enforce_policies_free(&reading);
	arena_free(&reading.arena);
	settings_free(&settings);
	world_free();
}

int main(int argc, char **argv)
{
	static const struct option names[] = {{"seed", required_argument, NULL, 's'},
	                                      {"seeds", required_argument, NULL, 'n'},
	                                      {"days", required_argument, NULL, 'd'},
	                                      {"events", required_argument, NULL, 'e'},
	                                      {"policy", required_argument, NULL, 'p'},
	                                      {"say", no_argument, NULL, 'a'},
	                                      {NULL, 0, NULL, 0}};
	struct options options = {.seed = 1, .seeds = 1, .days = 30};
	int letter;

	while ((letter = getopt_long(argc, argv, "", names, NULL)) != -1) {
		switch (letter) {
		case 's':
			options.seed = strtoull(optarg, NULL, 10);
			break;
		case 'n':
			options.seeds = strtoull(optarg, NULL, 10);
			break;
		case 'd':
			options.days = strtoll(optarg, NULL, 10);
			break;
		case 'e':
			options.events = strtoull(optarg, NULL, 10);
			break;
		case 'p':
			options.policy = optarg;
			break;
		case 'a':
			aloud = true;
			break;
		default:
			return 3;
		}
	}
	vfs_register();
	process_killed = killed;
	process_power_lost = power_lost;
	for (uint64_t i = 0; i < options.seeds; i++)
		simulate(options.seed + i, &options);
	return 0;
}
