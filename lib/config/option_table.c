/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/config/option_table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/member.h"
#include "lib/config/option_check.h"
#include "lib/config/options.h"
#include "lib/config/settings.h"
#include "lib/session/session.h"

/* A row's kind, and the member of the type that the kind is for. */
/* clang-format off */
#define FLAG(field) .kind = OPTION_FLAG, .offset = MEMBER_OFFSET(struct settings, bool, field)
#define TEXT(field) .kind = OPTION_TEXT, .offset = MEMBER_OFFSET(struct settings, const char *, field)
#define LIST(field) .kind = OPTION_LIST, .offset = MEMBER_OFFSET(struct settings, struct string_list, field)
#define WORDS(field) .kind = OPTION_WORDS, .offset = MEMBER_OFFSET(struct settings, struct string_list, field)
#define DURATION(field) .kind = OPTION_DURATION, .offset = MEMBER_OFFSET(struct settings, int64_t, field)
#define SPAN(field) .kind = OPTION_SPAN, .offset = MEMBER_OFFSET(struct settings, struct span, field)
#define NUMBER(field) .kind = OPTION_NUMBER, .offset = MEMBER_OFFSET(struct settings, uint64_t, field)
#define COUNT(field) .kind = OPTION_COUNT, .offset = MEMBER_OFFSET(struct settings, unsigned, field)
#define CHOICE(field) .kind = OPTION_CHOICE, .offset = MEMBER_OFFSET(struct settings, int, field)
/* clang-format on */

static const char WHAT[] = "What to visit", WHICH[] = "Which sessions", CHECK[] = "Thresholds and output",
                  POLICIES[] = "Policies", DO[] = "What to act on, and how", LIMITS[] = "Limits",
                  EVENT[] = "As an event handler", MESSAGE[] = "The message", AGENT[] = "Subagent",
                  GENERAL[] = "General";

static const char *const help_words[] = {"all", NULL};
static const char *const output_words[] = {"text", "json", NULL};   /* enum output_form */
static const char *const perfdata_words[] = {"basic", "all", NULL}; /* enum perfdata_choice */
static const char *const service_states[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN", NULL};
static const char *const state_types[] = {"SOFT", "HARD", NULL};
/* The values of a section's act: program_info.act of each program. */
static const char *const act_words[] = {"check",    "disconnect", "logoff", "message", "enforce",
                                        "rehearse", "explain",    "wtsapi", NULL};
static const char *const act_on_words[] = {"critical", "warning", "unknown", "ok", "soft", NULL};

/* One row per option, in the order of --help. */
/* clang-format off */
const struct option_spec option_table[] = {
	{.name = "target", .letter = 'T', .argument = "TARGET", .group = WHAT,
	 .programs = PROGRAM_ALL, LIST(target_names),
	 .brief = "xrdp:, local:, tsts://HOST or a configured name",
	 .help = "Visit this target: a URL (local:, xrdp:, tsts://HOST, avd://SUB/RG/POOL, rds://BROKER, winrm://HOST, "
	         "sim:FILE; --list-providers has all) or the name of a target or group in the configuration. "
	         "Repeatable. A numeric range in brackets expands: ts[01-20]."},
	{.name = "hostname", .letter = 'H', .argument = "HOST", .group = WHAT,
	 .programs = PROGRAM_SESSIONS, TEXT(host_name),
	 .help = "Visit this host through the provider of -P, like -T PROVIDER://HOST."},
	{.name = "provider", .letter = 'P', .argument = "PROVIDER", .group = WHAT,
	 .programs = PROGRAM_SESSIONS, TEXT(provider_name),
	 .help = "The provider for -H."},
	{.name = "config", .argument = "FILE", .group = WHAT, .programs = PROGRAM_ALL,
	 .flags = OPTION_LINE_ONLY | OPTION_FILE, TEXT(config_file),
	 .help = "Read this configuration and not the default one, " CURFEW_SYSCONFDIR
	         "/curfew/curfew.conf, which need not exist."},
	{.name = "section", .argument = "NAME", .group = WHAT, .programs = PROGRAM_ALL,
	 .flags = OPTION_LINE_ONLY, TEXT(section),
	 .brief = "take the options of [section NAME]",
	 .help = "Take the options of [section NAME] of the configuration. They override [defaults], and the "
	         "command line overrides them."},
	{.name = "timeout", .letter = 't', .argument = "TIME", .group = WHAT,
	 .programs = PROGRAM_ALL, .flags = OPTION_POSITIVE, DURATION(timeout), .check = option_check_timeout,
	 .brief = "finish within this time",
	 .help = "Finish within this time, whatever happens. Keep it below the monitoring server's own "
	         "limit. A number without a unit is seconds."},
	{.name = "target-timeout", .argument = "TIME", .group = WHAT,
	 .programs = PROGRAM_VISITORS, .flags = OPTION_POSITIVE, DURATION(target_timeout), .check = option_check_timeout,
	 .help = "Stop waiting for a target after this time, which must not be longer than --timeout."},

	{.name = "idle-after", .argument = "TIME", .group = WHICH, .programs = PROGRAM_VISITORS,
	 .flags = OPTION_POSITIVE | OPTION_UNIT, DURATION(idle_after),
	 .brief = "idle means: no input for this time; 30m",
	 .help = "An active session is idle when it had no input for this time, on its host's clock. A "
	         "reconnect counts as input. TIME needs a unit (30m)."},
	{.name = "user", .argument = "GLOB", .group = WHICH, .programs = PROGRAM_ALL,
	 .flags = OPTION_FILTER | OPTION_COMMAS, LIST(filter.users), .check = option_check_user,
	 .brief = "only users that match",
	 .help = "Only sessions of users that match by a name that the system reports: name, DOMAIN\\name or UPN. "
	         "Repeatable: one match is enough. Case is ignored, and a backslash is an ordinary character."},
	{.name = "exclude-user", .argument = "GLOB", .group = WHICH,
	 .programs = PROGRAM_ALL, .flags = OPTION_ADDS_UP | OPTION_COMMAS, LIST(filter.exclude_users),
	 .check = option_check_user,
	 .brief = "no users that match",
	 .help = "No sessions of users that match by any name, nor of those that may match (a UPN "
	         "where the system reports none, a name that it cut). Repeatable. Exclusions of the "
	         "configuration and of the command line are added."},
	{.name = "domain", .argument = "GLOB", .group = WHICH, .programs = PROGRAM_ALL,
	 .flags = OPTION_FILTER | OPTION_COMMAS, LIST(filter.domains),
	 .help = "Only sessions of users of this domain. Repeatable."},
	{.name = "client", .argument = "GLOB", .group = WHICH, .programs = PROGRAM_ALL,
	 .flags = OPTION_FILTER | OPTION_COMMAS, LIST(filter.clients),
	 .help = "Only sessions whose client's name or address matches. Repeatable."},
	{.name = "collection", .argument = "GLOB", .group = WHICH,
	 .programs = PROGRAM_ALL, .flags = OPTION_FILTER | OPTION_COMMAS, LIST(filter.collections),
	 .help = "Only sessions of this collection or host pool. Repeatable."},
	{.name = "state", .argument = "STATE", .group = WHICH, .programs = PROGRAM_VISITORS,
	 .flags = OPTION_FILTER, WORDS(filter.states), .choices = session_state_words,
	 .help = "Only sessions in this state. Repeatable, or several with commas."},
	{.name = "kind", .argument = "KIND", .group = WHICH, .programs = PROGRAM_ALL,
	 .flags = OPTION_FILTER, WORDS(filter.kinds), .choices = session_kind_words,
	 .help = "Only sessions of this kind. Repeatable, or several with commas."},
	{.name = "class", .argument = "CLASS", .group = WHICH, .programs = PROGRAM_CHECK | PROGRAM_AGENT,
	 WORDS(classes), .choices = session_class_words,
	 .help = "Count sessions of this class, not only those of users. Repeatable, or several with "
	         "commas."},

	{.name = "warning", .letter = 'w', .argument = "METRIC=RANGE", .group = CHECK,
	 .programs = PROGRAM_CHECK, LIST(warnings), .check = option_check_threshold,
	 .brief = "WARNING if METRIC is outside RANGE",
	 .help = "Warn if METRIC is outside RANGE (10, 10:, ~:10, 10:20), or inside it if RANGE begins with @. "
	         "A range without a metric is about total. Repeatable. Metrics: total, active, idle, disconnected, "
	         "idle_unknown, oldest_idle, oldest_disconnected, unreachable, max_shells_per_owner; with --policy "
	         "would_warn, would_disconnect, would_logoff, overdue; the oldest_ ones take times (4h)."},
	{.name = "critical", .letter = 'c', .argument = "METRIC=RANGE", .group = CHECK,
	 .programs = PROGRAM_CHECK, LIST(criticals), .check = option_check_threshold,
	 .brief = "CRITICAL, likewise",
	 .help = "Be CRITICAL if METRIC is outside RANGE, as for --warning. Repeatable."},
	{.name = "explain", .group = CHECK, .programs = PROGRAM_CHECK | PROGRAM_ENFORCE, FLAG(explain),
	 .brief = "why each session is counted as it is",
	 .help = "Show for each session why it is counted as it is, or which policy applies and what it decides."},
	{.name = "diagnose", .group = CHECK, .programs = PROGRAM_CHECK, FLAG(diagnose),
	 .brief = "which step to a target fails, and what to do",
	 .help = "Go through the steps to each target, with their times, and show which one fails and what to do."},
	{.name = "record", .argument = "FILE", .group = CHECK, .programs = PROGRAM_CHECK,
	 .flags = OPTION_LINE_ONLY | OPTION_FILE, TEXT(record),
	 .help = "With --diagnose, write requests and answers to FILE, which must not exist: codes, sizes, "
	         "bodies. Names and addresses are replaced, each by the same one everywhere; passwords, tokens and tickets "
	         "are left out. The file is made to be sent to others; read it before."},
	{.name = "replay", .argument = "FILE", .group = CHECK, .programs = PROGRAM_CHECK,
	 .flags = OPTION_LINE_ONLY | OPTION_FILE, TEXT(replay),
	 .help = "Visit the targets of a recording instead of those of --target. Their answers come from FILE; no host is "
	         "contacted."},
	{.name = "output", .argument = "FORM", .group = CHECK, .programs = PROGRAM_CHECK | PROGRAM_READERS,
	 CHOICE(output), .choices = output_words,
	 .brief = "text or json",
	 .help = "The form of the output."},
	{.name = "perfdata", .argument = "WHICH", .group = CHECK, .programs = PROGRAM_CHECK,
	 CHOICE(perfdata), .choices = perfdata_words,
	 .help = "The metrics in the performance data. basic: total, active, idle, disconnected, idle_unknown, with several "
	         "targets unreachable, and each that has a range. all: all of them."},
	{.name = "max-output", .argument = "BYTES", .group = CHECK,
	 .programs = PROGRAM_CHECK, NUMBER(max_output), .most = 1024 * 1024 * 1024,
	 .help = "Print at most this much text, the most important lines first; 0 is no limit. Some "
	         "monitoring servers cut longer output."},

	{.name = "policy", .argument = "NAME", .group = POLICIES,
	 .programs = PROGRAM_ENFORCE | PROGRAM_CHECK | PROGRAM_READERS, WORDS(policies),
	 .brief = "this policy of the configuration, or all",
	 .help = "The policy of [policy NAME] in the configuration; all: all of them, as it is for enforce_sessions without this option. "
	         "Repeatable, or several with commas. The first policy in the order of the configuration that applies to a "
	         "session decides; one that is not named here does not count, nor do its exemptions. The check then shows "
	         "what they would do, and has the metrics would_warn, would_disconnect, would_logoff and overdue. "
	         "explain_sessions visits their targets, and says what is still due."},
	{.name = "against", .argument = "NAME", .group = POLICIES, .programs = PROGRAM_REHEARSE,
	 .flags = OPTION_FILE, WORDS(against),
	 .brief = "other policies, to be compared",
	 .help = "Rehearse these policies, too, and compare them with those of --policy: names, or a file."},
	{.name = "since", .argument = "TIME", .group = POLICIES, .programs = PROGRAM_READERS,
	 .flags = OPTION_POSITIVE | OPTION_UNIT, DURATION(since),
	 .brief = "how far to look back; 30d",
	 .help = "How far to look back. TIME needs a unit (30d)."},
	{.name = "overdue-after", .argument = "TIME", .group = POLICIES, .programs = PROGRAM_CHECK,
	 .flags = OPTION_POSITIVE | OPTION_UNIT, DURATION(overdue_after),
	 .help = "A session is overdue if a policy should have ended it this long ago, and it is still there: "
	         "enforce_sessions does not run, or fails. TIME needs a unit (15m). Make it longer than the time between two runs."},
	{.name = "remember", .group = POLICIES, .programs = PROGRAM_CHECK | PROGRAM_AGENT, FLAG(remember),
	 .help = "Write the sessions into the ledger of the state folder, and its history. Without this option check and "
	         "subagent write nothing."},
	{.name = "history", .argument = "TIME", .group = POLICIES,
	 .programs = PROGRAM_ENFORCE | PROGRAM_CHECK | PROGRAM_AGENT, .flags = OPTION_POSITIVE | OPTION_UNIT, DURATION(history),
	 .help = "How long the ledger keeps the history of a session after its end. TIME needs a unit "
	         "(90d)."},
	{.name = "id", .argument = "ID", .group = DO, .programs = PROGRAM_HANDLERS | PROGRAM_EXPLAIN,
	 .flags = OPTION_LINE_ONLY, WORDS(ids),
	 .brief = "this session; plain arguments are ids too",
	 .help = "Act on this session id; needs exactly one target. Repeatable, or several with commas; plain "
	         "arguments are ids too."},
	{.name = "all", .group = DO, .programs = PROGRAM_HANDLERS,
	 .flags = OPTION_SECTION_ONLY, FLAG(all),
	 .brief = "all users' sessions that the filters leave",
	 .help = "Act on all users' sessions that the filters leave."},
	{.name = "idle-over", .argument = "TIME", .group = DO, .programs = PROGRAM_HANDLERS,
	 .flags = OPTION_POSITIVE | OPTION_UNIT | OPTION_SECTION_ONLY, SPAN(idle_over),
	 .brief = "active ones without input for this time",
	 .help = "Act on active sessions without input for at least this time. TIME needs a unit (30m). A session whose "
	         "idle time is not known is left alone."},
	{.name = "disconnected-over", .argument = "TIME", .group = DO,
	 .programs = PROGRAM_HANDLERS, .flags = OPTION_POSITIVE | OPTION_UNIT | OPTION_SECTION_ONLY, SPAN(disconnected_over),
	 .brief = "disconnected for this time",
	 .help = "Act on sessions that have been disconnected for at least this time. TIME needs a unit (8h). Where that "
	         "time is not known, the session is left alone."},
	{.name = "stdin", .group = DO, .programs = PROGRAM_HANDLERS, .flags = OPTION_LINE_ONLY,
	 FLAG(from_stdin),
	 .help = "Act on the sessions on standard input, in the form that check_sessions --output json prints."},
	{.name = "execute", .group = DO, .programs = PROGRAM_ACTORS,
	 .flags = OPTION_SECTION_ONLY, FLAG(execute),
	 .brief = "act; without it, only print the plan",
	 .help = "Act. Without it, only the plan is printed. Needs a target on the command line, in the "
	         "section, or in the policies."},
	{.name = "dry-run", .group = DO, .programs = PROGRAM_ACTORS, FLAG(dry_run),
	 .help = "Do not act, whatever the other options are."},
	{.name = "confirm", .group = DO, .programs = PROGRAM_ACTORS, FLAG(confirm),
	 .brief = "ask before acting",
	 .help = "Ask on the terminal before acting."},
	{.name = "pass-thru", .group = DO, .programs = PROGRAM_ACTORS, FLAG(pass_thru),
	 .help = "Print the results as JSON."},
	{.name = "force", .group = DO, .programs = PROGRAM_LOGOFF | PROGRAM_ENFORCE,
	 .flags = OPTION_SECTION_ONLY, FLAG(force),
	 .brief = "end programs that object; unsaved work is lost",
	 .help = "Do not let programs of the session object. Unsaved work is lost."},

	{.name = "max-acts", .argument = "NUMBER", .group = LIMITS,
	 .programs = PROGRAM_DISCONNECT | PROGRAM_LOGOFF | PROGRAM_ENFORCE | PROGRAM_REHEARSE, .flags = OPTION_POSITIVE, NUMBER(max_acts), .most = 1000000,
	 .brief = "refuse to act on more in an hour; 10",
	 .help = "Refuse the whole run if it would affect more sessions than this, including those of the last hour on the same hosts."},
	{.name = "max-acts-total", .argument = "NUMBER", .group = LIMITS,
	 .programs = PROGRAM_DISCONNECT | PROGRAM_LOGOFF | PROGRAM_ENFORCE, .flags = OPTION_POSITIVE, NUMBER(max_acts_total), .most = 1000000,
	 .help = "Refuse the whole run if all runs together, on all hosts, would affect more sessions than this within an "
	         "hour. The default is 50, or the value of --max-acts if that is more."},
	{.name = "max-acts-night", .argument = "NUMBER", .group = LIMITS,
	 .programs = PROGRAM_DISCONNECT | PROGRAM_LOGOFF | PROGRAM_ENFORCE | PROGRAM_REHEARSE, .flags = OPTION_POSITIVE, NUMBER(max_acts_night), .most = 1000000,
	 .help = "Refuse the whole run if it would affect more sessions than this, with those of this night on the same hosts. A "
	         "night lasts from noon to noon, by the zone of the first policy that has one, else by the clock of this machine. "
	         "Without this option there is no such limit."},
	{.name = "max-acts-night-total", .argument = "NUMBER", .group = LIMITS,
	 .programs = PROGRAM_DISCONNECT | PROGRAM_LOGOFF | PROGRAM_ENFORCE, .flags = OPTION_POSITIVE, NUMBER(max_acts_night_total), .most = 1000000,
	 .help = "Refuse the whole run if all runs together, on all hosts, would affect more sessions than this within a night."},
	{.name = "max-percent", .argument = "PERCENT", .group = LIMITS,
	 .programs = PROGRAM_DISCONNECT | PROGRAM_LOGOFF | PROGRAM_ENFORCE, .flags = OPTION_POSITIVE, NUMBER(max_percent), .most = 100,
	 .help = "Refuse the whole run if it would affect more than PERCENT of the user sessions: of all targets "
	         "together, or of one host (not applied below 4 sessions)."},
	{.name = "state-dir", .argument = "DIR", .group = LIMITS,
	 .programs = PROGRAM_VISITORS | PROGRAM_READERS, .flags = OPTION_FILE, TEXT(state_dir),
	 .help = "The folder of the audit, the locks, the ledger and the subagent's host numbers. It belongs to the account that runs this, and "
	         "only this account can write to it. In a configuration that root alone can write to, it may be a folder that several "
	         "accounts share: root's, of a group of theirs, mode 2770."},

	{.name = "service-state", .argument = "STATE", .group = EVENT,
	 .programs = PROGRAM_ACTORS, .flags = OPTION_LINE_ONLY | OPTION_MAY_BE_EMPTY, TEXT(service_state),
	 .choices = service_states,
	 .help = "The state of the service that this run reacts to: $SERVICESTATE$, $service.state$. With "
	         "an empty one nothing is done."},
	{.name = "state-type", .argument = "TYPE", .group = EVENT,
	 .programs = PROGRAM_ACTORS, .flags = OPTION_LINE_ONLY | OPTION_MAY_BE_EMPTY, TEXT(state_type),
	 .choices = state_types,
	 .help = "Its type: $SERVICESTATETYPE$, $service.state_type$."},
	{.name = "attempt", .argument = "NUMBER", .group = EVENT, .programs = PROGRAM_ACTORS,
	 .flags = OPTION_LINE_ONLY | OPTION_MAY_BE_EMPTY, TEXT(attempt),
	 .help = "The check's attempt: $SERVICEATTEMPT$, $service.check_attempt$. It is written to the "
	         "audit."},
	{.name = "downtime-depth", .argument = "NUMBER", .group = EVENT, .programs = PROGRAM_ACTORS,
	 .flags = OPTION_LINE_ONLY | OPTION_MAY_BE_EMPTY, LIST(downtime_depths),
	 .help = "In how many downtimes the host or the service is: $HOSTDOWNTIME$, $service.downtime_depth$. Repeatable. "
	         "With anything but 0, also with a text that is not a number, this run is a dry run."},
	{.name = "acknowledged", .argument = "NUMBER", .group = EVENT, .programs = PROGRAM_ACTORS,
	 .flags = OPTION_LINE_ONLY | OPTION_MAY_BE_EMPTY, TEXT(acknowledged),
	 .help = "Whether somebody has acknowledged the problem: $service.acknowledgement$. With anything but 0, also with "
	         "a text that is not a number, this run is a dry run."},
	{.name = "on", .argument = "WORD", .group = EVENT, .programs = PROGRAM_ACTORS,
	 WORDS(act_on), .choices = act_on_words,
	 .help = "Act on these states, too, not only on CRITICAL; soft: on SOFT ones, too, not only on "
	         "HARD ones."},

	{.name = "text", .argument = "TEXT", .group = MESSAGE, .programs = PROGRAM_MESSAGE,
	 .flags = OPTION_LINES, TEXT(text),
	 .brief = "the message",
	 .help = "The message, in one or more lines."},
	{.name = "title", .argument = "TEXT", .group = MESSAGE, .programs = PROGRAM_MESSAGE | PROGRAM_ENFORCE,
	 TEXT(title),
	 .help = "The title of the message's window."},
	{.name = "answer-wait", .argument = "TIME", .group = MESSAGE,
	 .programs = PROGRAM_MESSAGE | PROGRAM_ENFORCE, DURATION(answer_wait),
	 .brief = "wait this long for the user's answer",
	 .help = "Wait this long for the user's answer. Without this option message_sessions does not wait, and "
	         "enforce_sessions waits 15s if a policy has snooze."},

	{.name = "agentx-socket", .argument = "ADDRESS", .group = AGENT,
	 .programs = PROGRAM_AGENT, TEXT(agentx_socket),
	 .brief = "where the SNMP daemon listens",
	 .help = "Where the SNMP daemon listens for subagents: a path, or tcp:HOST:PORT. Without this "
	         "option, /var/agentx/master."},
	{.name = "base-oid", .argument = "OID", .group = AGENT, .programs = PROGRAM_AGENT,
	 TEXT(base_oid),
	 .help = "The OID of CURFEW-MIB, if it is not the built-in one."},
	{.name = "poll-interval", .argument = "TIME", .group = AGENT,
	 .programs = PROGRAM_AGENT, .flags = OPTION_POSITIVE, DURATION(poll_interval),
	 .brief = "visit the targets this often; 1m",
	 .help = "Visit the targets this often."},
	{.name = "keep-hosts", .argument = "TIME", .group = AGENT,
	 .programs = PROGRAM_AGENT, DURATION(keep_hosts),
	 .help = "Keep a host of a broker or a pool in the table for this time after its last session. A number without a "
	         "unit is seconds."},
	{.name = "snapshot-file", .argument = "FILE", .group = AGENT, .programs = PROGRAM_AGENT,
	 TEXT(snapshot_file),
	 .brief = "write each snapshot to a file for the daemon's module",
	 .help = "Also write each snapshot to this file, from which the module curfew-snmp.so serves it inside the SNMP daemon. Its "
	         "folder must exist; the file is readable by its group. The subagent then answers only what the "
	         "module does not."},
	{.name = "show-policies", .group = AGENT, .programs = PROGRAM_AGENT, FLAG(show_policies),
	 .help = "Show what the policies of the configuration decide about each session, and when. Each poll then lists the "
	         "sessions twice, as check_sessions --policy does."},
	{.name = "host-resources", .argument = "TARGET", .group = AGENT,
	 .programs = PROGRAM_AGENT, TEXT(host_resources),
	 .help = "Answer hrSystemNumUsers (HOST-RESOURCES-MIB) instead of the SNMP daemon, with the number of sessions of this "
	         "target, which is this machine (local:). The daemon's own value is 0 on systems without utmp."},
	{.name = "notify-idle", .argument = "TIME", .group = AGENT,
	 .programs = PROGRAM_AGENT, .flags = OPTION_POSITIVE | OPTION_UNIT, SPAN(notify_idle),
	 .brief = "send a notification: a session without input",
	 .help = "Send a notification when an active session had no input for this time, and one when that ends. TIME needs "
	         "a unit (4h)."},
	{.name = "notify-disconnected", .argument = "TIME", .group = AGENT,
	 .programs = PROGRAM_AGENT, .flags = OPTION_POSITIVE | OPTION_UNIT, SPAN(notify_disconnected),
	 .help = "Send a notification when a session has been disconnected for this time, and one when that ends. TIME needs a "
	         "unit (12h)."},
	{.name = "notify-overdue", .argument = "TIME", .group = AGENT,
	 .programs = PROGRAM_AGENT, .flags = OPTION_POSITIVE | OPTION_UNIT, SPAN(notify_overdue),
	 .help = "Send another one when a session is this much time over its limit and has not ended. TIME needs a "
	         "unit (1h)."},
	{.name = "notify-hosts", .group = AGENT, .programs = PROGRAM_AGENT, FLAG(notify_hosts),
	 .help = "Send a notification when a host does not answer, and one when it answers again."},
	{.name = "notify-audit", .argument = "FILE", .group = AGENT, .programs = PROGRAM_AGENT,
	 .flags = OPTION_FILE, LIST(notify_audits),
	 .help = "Send a notification for each session that was warned, disconnected, logged off or refused, and for each "
	         "limit that stopped a run, as this audit records them (audit.jsonl in a handler's state folder), from now on. "
	         "Repeatable."},
	{.name = "notify-rate", .argument = "NUMBER", .group = AGENT, .programs = PROGRAM_AGENT,
	 .flags = OPTION_POSITIVE, NUMBER(notify_rate), .most = 100000,
	 .help = "Send at most this many notifications a minute. Others are counted in curfewNotificationsSuppressed."},
	{.name = "orders", .argument = "SECTION", .group = AGENT, .programs = PROGRAM_AGENT,
	 WORDS(orders),
	 .help = "Let SNMP managers run this section of the configuration by SET (act = message, disconnect or "
	         "logoff), with its rules and limits; it is a dry run unless the section has execute = yes. Repeatable, or "
	         "several with commas: one for each act. Without this option, nothing can be written."},
	{.name = "foreground", .group = AGENT, .programs = PROGRAM_AGENT,
	 .flags = OPTION_LINE_ONLY, FLAG(foreground),
	 .brief = "write messages to standard error",
	 .help = "Stay in the foreground, and write messages to standard error."},

	{.name = "verbose", .letter = 'v', .group = GENERAL, .programs = PROGRAM_CHECK | PROGRAM_AGENT,
	 COUNT(verbose),
	 .brief = "more: a table of the sessions",
	 .help = "Print more: the check prints a table of sessions, longest idle first, the subagent a line for "
	         "each poll. In a configuration, a number."},
	{.name = "list-providers", .kind = OPTION_FLAG, .group = GENERAL, .programs = PROGRAM_ALL,
	 .flags = OPTION_LINE_ONLY,
	 .brief = "the kinds of targets there are",
	 .help = "List the kinds of targets there are, and exit with status 3."},
	{.name = "help", .letter = 'h', .kind = OPTION_TEXT, .argument = "all", .group = GENERAL, .programs = PROGRAM_ALL,
	 .flags = OPTION_LINE_ONLY | OPTION_VALUE_OPTIONAL, .choices = help_words,
	 .brief = "this, or with all every option",
	 .help = "Print the options that most people need, and exit with status 3. --help all prints every option."},
	{.name = "version", .letter = 'V', .kind = OPTION_FLAG, .group = GENERAL, .programs = PROGRAM_ALL,
	 .flags = OPTION_LINE_ONLY,
	 .brief = "the version",
	 .help = "Print the version, and exit with status 3."},
	{.name = NULL},
};

const struct option_spec config_key_table[] = {
	{.name = "act", .argument = "ACT", .group = DO, .programs = PROGRAM_ALL,
	 .flags = OPTION_SECTION_ONLY, WORDS(section_acts), .choices = act_words,
	 .help = "The program that the section is for; other programs refuse it. Several with commas."},
	{.name = NULL},
};
/* clang-format on */

const struct option_spec *option_find(const char *name, unsigned programs)
{
	for (const struct option_spec *spec = option_table; spec->name != NULL; spec++)
		if ((spec->programs & programs) != 0 && strcmp(spec->name, name) == 0)
			return spec;
	for (const struct option_spec *spec = config_key_table; spec->name != NULL; spec++)
		if ((spec->programs & programs) != 0 && strcmp(spec->name, name) == 0)
			return spec;
	return NULL;
}

bool option_is_list(const struct option_spec *spec)
{
	return spec->kind == OPTION_LIST || spec->kind == OPTION_WORDS;
}
