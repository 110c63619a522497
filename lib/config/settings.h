/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The settings of one run, from the command line and the configuration.  options_parse() fills them; they are not
 * changed afterwards.
 */
#ifndef CURFEW_SETTINGS_H
#define CURFEW_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/config/config.h"
#include "lib/judge/classify.h"
#include "lib/judge/select.h"
#include "lib/session/session.h"

enum output_form { OUTPUT_TEXT, OUTPUT_JSON };
enum perfdata_choice { PERFDATA_BASIC, PERFDATA_ALL };

struct settings {
	struct arena arena; /* owns everything below */
	struct config config;

	/* what to visit */
	struct string_list target_names; /* -T: URLs, names of targets or groups */
	const char *host_name;           /* -H with -P: the usual options of plugins */
	const char *provider_name;
	struct target *targets; /* made from the above, in order, each target once */
	size_t target_count;
	const char *config_file;         /* --config; NULL: CURFEW_SYSCONFDIR/curfew/curfew.conf if it exists */
	const char *section;             /* --section */
	struct string_list section_acts; /* acts of the section: words of program_info.act */
	int64_t timeout;                 /* -t: the whole run, ms */
	int64_t target_timeout;          /* --target-timeout: each target, ms */

	/* which sessions */
	int64_t idle_after; /* ms */
	struct filter filter;
	bool filter_on_line;        /* the command line has a filter, which then is a rule */
	struct string_list classes; /* --class words; empty: user */
	unsigned class_bits;        /* made from classes */

	/* check */
	struct string_list warnings; /* METRIC=RANGE as written; parsed by the check */
	struct string_list criticals;
	unsigned verbose;
	bool explain;
	bool diagnose;
	const char *record; /* --record, --replay: a file, or NULL */
	const char *replay;
	int output;          /* enum output_form */
	int perfdata;        /* enum perfdata_choice */
	uint64_t max_output; /* bytes; 0 = no limit */

	/* policies */
	struct string_list policies; /* --policy; empty: for the check none, else all of the configuration */
	struct string_list against;  /* rehearse_sessions: the other policies */
	int64_t since;               /* ms before now */
	bool remember;               /* the check writes the ledger */
	int64_t history;             /* ms; sessions that ended earlier are deleted from the ledger */
	int64_t overdue_after;       /* ms */

	/* handlers */
	struct string_list ids; /* --id and plain arguments */
	bool all;
	struct span idle_over;
	struct span disconnected_over;
	bool from_stdin;
	bool execute;
	bool dry_run; /* overrides --execute: execute is then false */
	bool confirm;
	bool pass_thru;
	bool force;
	uint64_t max_acts;
	uint64_t max_acts_total; /* 0: the greater of max_acts and ACTS_TOTAL (lib/act/limits.h) */
	uint64_t max_percent;
	uint64_t max_acts_night, max_acts_night_total; /* 0: no such limit */
	const char *state_dir;                         /* NULL: the account's own (lib/act/state.h) */
	bool state_dir_shared;     /* named by a configuration of root's, so that accounts may share it */
	const char *service_state; /* "OK", "WARNING", "CRITICAL", "UNKNOWN"; NULL: not set, "": the macro was empty */
	const char *state_type;    /* "SOFT", "HARD"; likewise */
	const char *attempt;       /* a number; likewise */
	struct string_list downtime_depths; /* numbers, or what the server expanded its macros to */
	const char *acknowledged;           /* likewise; NULL: not set */
	struct string_list act_on;          /* --on; empty: critical */
	const char *title;                  /* message_sessions; never NULL */
	const char *text;
	int64_t answer_wait;

	/* agent */
	const char *snapshot_file; /* NULL: none */
	const char *agentx_socket;
	const char *base_oid;
	int64_t poll_interval;
	int64_t keep_hosts; /* ms */
	bool show_policies;
	const char *host_resources; /* the target for hrSystemNumUsers (this machine); NULL: not served */
	struct span notify_idle, notify_disconnected, notify_overdue;
	bool notify_hosts;
	struct string_list notify_audits;
	uint64_t notify_rate;      /* per minute */
	struct string_list orders; /* sections that SNMP managers may run by SET */
	bool foreground;
};

void settings_init(struct settings *settings); /* Sets the built-in defaults; options_parse() calls it. */
void settings_free(struct settings *settings);

#endif
