/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/config/programs.h"

#include <stddef.h>

/* Paragraphs that the three handlers share. */
#define DRY_RUN                                                                                                        \
	"Nothing is done without --execute: the plan is printed, the same in both cases. Without -T, the dry "         \
	"run uses this machine (local:); --execute needs a target, on the command line or in the "                     \
	"section.\n\n"

#define SAFETY                                                                                                         \
	"Directly before each act the session is read again. It must be the very session that was selected "           \
	"(host, id, user and birth), and the rule must still select it: a user who has come back is left "             \
	"alone. Only sessions of users are candidates. The caller's own session, and sessions whose times or "         \
	"birth are not known, are never acted on. From an incomplete list nothing is selected.\n\n"

#define LIMITS                                                                                                         \
	"If more sessions would be acted on than --max-acts or --max-percent allow, those of the last hour "           \
	"included, none is. "

#define AUDIT                                                                                                          \
	"Each decision is written to the audit (audit.jsonl in the state folder): the intent before the act, the "     \
	"result after it. Without an audit or a lock, nothing is done.\n\n"

#define EVENT_HANDLER                                                                                                  \
	"As an event handler, give it --service-state and --state-type: it then acts only on a HARD CRITICAL, "        \
	"or on the states of --on. Several may run at the same time: one that finds a host locked by another "         \
	"says so and ends with status 0. In a downtime (--downtime-depth), or when the problem is acknowledged "       \
	"(--acknowledged), it only prints the plan.\n"

/* Hints below the options of the short --help: at most 80 columns a line. */
#define TIMES                                                                                                          \
	"TIME is 90s, 30m, 4h, 2d or 1h30m. Times that decide who is idle need a unit;\n"                              \
	"others without one are seconds.\n"

enum { SECONDS = 1000 };

const struct program_info program_check = {
    .program = PROGRAM_CHECK,
    .name = "check_sessions",
    .act = "check",
    .service = "SESSIONS",
    .summary = "check for idle and disconnected terminal sessions",
    .synopsis = "-T TARGET ... [-w METRIC=RANGE] [-c METRIC=RANGE] [options]",
    .hints = "METRIC is total, active, idle, disconnected, idle_unknown, oldest_idle,\n"
             "oldest_disconnected, unreachable or max_shells_per_owner. RANGE is 10, 10:,\n"
             "~:10, 10:20 or @10:20; the oldest_ metrics take times (4h).\n" TIMES
             "\nExample: check_sessions -T xrdp: -w idle=5 -c oldest_disconnected=4h -v\n",
    .about =
        "Counts the sessions of users on the targets: all of them, active ones, active ones without input for "
        "--idle-after (idle), and disconnected ones whose programs still run. It compares the counts, and the age "
        "of the oldest, with ranges as other monitoring plugins take them.\n\n"
        "Sessions of services, consoles and listeners, and a broker's ghosts, do not count unless --class asks for "
        "them; -v shows them. "
        "An unknown idle time is not zero: such sessions are counted apart. Where an unknown value or a target "
        "without an answer could change the verdict, it is UNKNOWN, with both figures in the text.\n",
    .examples = "check_sessions -T xrdp: -w idle=5 -c oldest_disconnected=4h\n"
                "\tWARNING for more than 5 idle sessions of this machine's xrdp, CRITICAL for one that has been "
                "disconnected for more than 4 hours.\n"
                "check_sessions -T 'sim:farm.sim#ts[01-20]' -v\n"
                "\tTwenty hosts played from a file, with a table of their sessions.\n"
                "check_sessions --section farm\n"
                "\tEverything from [section farm] of the configuration: a fixed line for NRPE.\n"
                "check_sessions --policy all -c overdue=0\n"
                "\tWhat would the policies do now, and what is overdue?\n"
                "check_sessions -T xrdp: --diagnose\n"
                "\tWhy does it not work?\n",
    .timeout = 10 * SECONDS,
    .page = 1,
};

const struct program_info program_disconnect = {
    .program = PROGRAM_DISCONNECT,
    .name = "disconnect_sessions",
    .act = "disconnect",
    .service = "DISCONNECT",
    .summary = "disconnect terminal sessions; their programs keep running",
    .synopsis = "-T TARGET ... {ID ... | --idle-over TIME | --all | ...} [--execute] [options]",
    .hints = TIMES "\nExample: disconnect_sessions -T xrdp: --idle-over 30m       (only the plan)\n",
    .about = "Disconnects the clients of the sessions that the options select. The programs of the sessions keep "
             "running, and the user finds them again when connecting the next time.\n\n" DRY_RUN SAFETY LIMITS AUDIT
                 EVENT_HANDLER,
    .examples = "disconnect_sessions -T xrdp: --idle-over 30m\n"
                "\tWhich sessions would be disconnected?\n"
                "disconnect_sessions -T xrdp: --idle-over 30m --execute\n"
                "\tDisconnect them.\n"
                "disconnect_sessions -T tsts://rds01 3 5 --execute\n"
                "\tDisconnect the sessions 3 and 5 of that host.\n"
                "disconnect_sessions --section idle --service-state '$service.state$' --state-type "
                "'$service.state_type$'\n"
                "\tAs Icinga's event handler; [section idle] holds targets, rule, and execute = yes.\n"
                "check_sessions -T farm --output json | jq '.targets[].snapshot.sessions[]? | "
                "select(.locked)' | disconnect_sessions --stdin --execute\n"
                "\tSessions chosen from what the check saw, if they are still the same.\n",
    .timeout = 25 * SECONDS,
    .page = 1,
};

const struct program_info program_logoff = {
    .program = PROGRAM_LOGOFF,
    .name = "logoff_sessions",
    .act = "logoff",
    .service = "LOG OFF",
    .summary = "log off terminal sessions and end their programs",
    .synopsis = "-T TARGET ... {ID ... | --disconnected-over TIME | --all | ...} [--execute] [options]",
    .hints = TIMES "\nExample: logoff_sessions -T xrdp: --disconnected-over 8h    (only the plan)\n",
    .about = "Logs off the sessions that the options select: their programs end, and unsaved work is lost. To free a "
             "client and keep the work, use disconnect_sessions.\n\n" DRY_RUN SAFETY LIMITS AUDIT EVENT_HANDLER,
    .examples = "logoff_sessions -T xrdp: --disconnected-over 8h\n"
                "\tWhich sessions would be logged off?\n"
                "logoff_sessions -T xrdp: --disconnected-over 8h --exclude-user 'admin*' --execute\n"
                "\tLog them off, but for the administrators'.\n"
                "logoff_sessions -T tsts://rds01 7 --execute --confirm\n"
                "\tLog off session 7, after a question.\n",
    .timeout = 25 * SECONDS,
    .page = 1,
};

const struct program_info program_message = {
    .program = PROGRAM_MESSAGE,
    .name = "message_sessions",
    .act = "message",
    .service = "MESSAGE",
    .summary = "show a message in terminal sessions",
    .synopsis = "-T TARGET ... {ID ... | --idle-over TIME | --all | ...} --text TEXT [--execute] [options]",
    .hints = TIMES "\nExample: message_sessions -T xrdp: --all --text 'Restart at 18:00.'   (a plan)\n",
    .about =
        "Shows a text to the users of the sessions that the options select. With --answer-wait, it waits for "
        "their answer.\n\n" DRY_RUN SAFETY "Messages end nothing, so there is no limit to them. " AUDIT EVENT_HANDLER,
    .examples = "message_sessions -T xrdp: --all --text 'This host restarts at 18:00.' --execute\n"
                "\tTell everybody.\n"
                "message_sessions -T xrdp: --idle-over 20m --text 'Idle sessions are disconnected after 30 minutes.' "
                "--execute\n"
                "\tWarn those who are idle.\n",
    .timeout = 25 * SECONDS,
    .page = 1,
};

const struct program_info program_enforce = {
    .program = PROGRAM_ENFORCE,
    .name = "enforce_sessions",
    .act = "enforce",
    .service = "ENFORCE",
    .summary = "warn, disconnect and log off terminal sessions as policies say",
    .synopsis = "[--policy NAME] [-T TARGET ...] [--execute] [options]",
    .hints = TIMES "\nExample: enforce_sessions --explain       (the plan, and why)\n",
    .about =
        "Carries out the [policy] sections of the configuration (curfew.conf(5)), which say which sessions have to "
        "end, "
        "when, and after which warnings. It is made to run every few minutes, by a timer, by cron or as an "
        "event handler. Each run lists the sessions, records them in the ledger of the state folder, and takes "
        "the step that is due for each: a warning, a disconnect, a log off.\n\n"
        "Nothing is done without --execute: the plan is printed, the same in both cases, and nothing is "
        "recorded. The targets are those of the policies, unless -T or the section names others.\n\n"
        "A session is ended only if all its warnings were delivered, each as early as the policy says, and "
        "no input came since. A session is left alone if it was seen only once, if its host's clock was set, if it "
        "is exempt or may be, or if the time that counts is not known; --explain says so.\n\n" SAFETY LIMITS AUDIT
            EVENT_HANDLER,
    .examples = "enforce_sessions\n"
                "\tWhat would be done now, and within the next hour?\n"
                "enforce_sessions --explain --policy office\n"
                "\tWhat does that policy decide about each session, and why?\n"
                "enforce_sessions --section nightly\n"
                "\tAs a timer runs it; [section nightly] has act = enforce and execute = yes.\n",
    .timeout = 50 * SECONDS,
    .page = 1,
};

const struct program_info program_rehearse = {
    .program = PROGRAM_REHEARSE,
    .name = "rehearse_sessions",
    .act = "rehearse",
    .service = "REHEARSE",
    .summary = "what policies would have done to the sessions of the past",
    .synopsis = "[--policy NAME|FILE] [--against NAME|FILE] [--since TIME] [options]",
    .hints = TIMES "\nExample: rehearse_sessions --policy office --since 30d\n",
    .about =
        "Replays policies over the history in the ledger, in steps of five minutes, and shows which users they would "
        "have "
        "warned, disconnected and logged off, on which day and host, what that would have freed, and how many of the "
        "ended sessions were used again within ten minutes (regret). It visits no host, ends no session "
        "and writes nothing.\n\n"
        "The history is written by enforce_sessions --execute and by check_sessions --remember: let one of them run "
        "for some weeks, and rehearse a policy before you switch it on. --policy also takes a file: another "
        "configuration, of which all policies count. Its name has a slash in it (./new.conf).\n",
    .examples = "rehearse_sessions --policy office --since 30d\n"
                "\tWhat would [policy office] have done in the last 30 days?\n"
                "rehearse_sessions --policy office --against ./new.conf --since 7d\n"
                "\tCompare it with the policies of another file.\n"
                "rehearse_sessions --output json | jq '.policies[0].users[:5]'\n"
                "\tWhich users would it have affected most?\n",
    .timeout = 60 * SECONDS,
    .page = 1,
};

const struct program_info program_explain = {
    .program = PROGRAM_EXPLAIN,
    .name = "explain_sessions",
    .act = "explain",
    .service = "EXPLAIN",
    .summary = "what happened to a session or a user's sessions, and why",
    .synopsis = "{--user GLOB | --id ID} [--since TIME] [options]",
    .hints = TIMES "\nExample: explain_sessions --user alice --since 2d\n",
    .about =
        "Shows what is recorded about each selected session, in the order of time. From the ledger's history: "
        "when it was used, idle, disconnected and gone. From the audit: which messages it got, who disconnected or "
        "logged it off, by which policy, or why that was refused, and acts that were begun and have no result. With "
        "--policy it lists the sessions, and says what is still due and why it was not done yet. It ends no session "
        "and "
        "writes nothing.\n",
    .examples = "explain_sessions --user alice --since 2d\n"
                "\tWhat happened to alice's sessions since the day before yesterday?\n"
                "explain_sessions --user alice --policy all\n"
                "\tLikewise, and what is still due.\n"
                "explain_sessions --id 3 --state-dir /var/lib/curfew --output json\n"
                "\tWhat happened to sessions with the id 3, on any host?\n",
    .timeout = 60 * SECONDS,
    .page = 1,
};

const struct program_info program_agent = {
    .program = PROGRAM_AGENT,
    .name = "curfew-agent",
    .act = "check",
    .summary = "show terminal sessions by SNMP (an AgentX subagent)",
    .synopsis = "[-T TARGET ...] [--section NAME] [options]",
    .hints = TIMES,
    .about =
        "Visits the targets every --poll-interval and serves the result as CURFEW-MIB through the SNMP daemon of this "
        "machine: a table of hosts, a table of sessions. It sends notifications and takes orders if options ask for "
        "it; "
        "otherwise it is read-only and needs no privilege of its own. It waits for the daemon, and reconnects after "
        "its "
        "restart.\n",
    .examples = "curfew-agent --foreground -T local:\n"
                "\tThis machine's sessions, with messages on the terminal.\n"
                "snmpwalk -v2c -c public localhost CURFEW-MIB::curfewMIB\n"
                "\tWhat it serves.\n",
    .timeout = 30 * SECONDS,
    .page = 8,
};

const struct program_info *const programs[] = {
    &program_check,   &program_disconnect, &program_logoff,
    &program_message, &program_enforce,    &program_rehearse,
    &program_explain, &program_agent,      NULL,
};
