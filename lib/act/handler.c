/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/act/handler.h"
#include "lib/base/memory.h"

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>

#include <jansson.h>

#include "lib/act/picked.h"
#include "lib/act/remedy.h"
#include "lib/act/remedy_writer.h"
#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/output.h"
#include "lib/base/terminal.h"
#include "lib/base/text.h"
#include "lib/base/trust.h"
#include "lib/collect/event.h"
#include "lib/config/config.h"
#include "lib/config/help.h"
#include "lib/config/options_parse.h"
#include "lib/config/settings.h"
#include "lib/judge/select.h"

/* ms after the run's deadline, to write its end. */
enum { OUTPUT_RESERVE = 500 };
/* ms; to read the command line and the configuration. */
enum { EARLY_TIME = 10000 };

/* Stops the run between two acts; the present act is finished and audited. */
static void on_terminate(int signal)
{
	(void)signal;
	remedy_stop();
}

/* True while the engine runs. */
static volatile sig_atomic_t begun;

/* A last resort: the deadline is kept without it, but a system call may hang (a program on a dead mount).  The audit
 * then has an intent without a result. */
static void on_alarm(int signal)
{
	static const char late[] = "CRITICAL: not finished within --timeout, stopped in the middle\n";
	static const char early[] = "UNKNOWN: the configuration was not read within the time limit, nothing done\n";
	struct pollfd out = {STDOUT_FILENO, POLLOUT, 0};

	(void)signal;
	if (poll(&out, 1, 0) > 0) /* a reader that does not read may be why we hang */
		(void)!write(STDOUT_FILENO, begun ? late : early, begun ? sizeof late - 1 : sizeof early - 1);
	_exit(begun ? REMEDY_FAILED : REMEDY_UNKNOWN);
}

/* Before the settings are known: reading the configuration may take long or hang. */
static void limit_time(int64_t milliseconds)
{
	sigaction(SIGALRM, &(struct sigaction){.sa_handler = on_alarm}, NULL);
	setitimer(ITIMER_REAL, &(struct itimerval){.it_value = {milliseconds / 1000, milliseconds % 1000 * 1000}},
	          NULL);
}

static void catch_signals(void)
{
	struct sigaction action = {.sa_handler = on_terminate, .sa_flags = SA_RESTART};
	struct sigaction last_resort = {.sa_handler = on_alarm};

	sigaction(SIGALRM, &last_resort, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	/* A reader that exits does not kill us: the failed write stops the run between two acts. */
	sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
}

/* The engine's deadline leaves time (LAST_RESORT) to write the end of a run. */
struct output {
	struct deadline deadline;
};

static int write_out(void *context, const char *text, size_t length, struct error *error)
{
	const struct output *output = context;

	return output_write(STDOUT_FILENO, text, length, &output->deadline, remedy_stopping, error);
}

static int remedy_say(const struct remedy_order *order)
{
	const struct settings *settings = order->settings;
	struct output output = {deadline_in(settings->timeout + OUTPUT_RESERVE)};
	struct remedy_writer writer = {write_out, &output};
	struct remedy_observer observer = {settings->pass_thru ? remedy_json_tell : remedy_text_tell, &writer};

	return remedy_run(order, &observer);
}

static int usage(struct error *error, const char *text, const char *hint)
{
	error_set(error, ERROR_USAGE, STEP_NONE, "%s", text);
	return error_hint(error, "%s", hint);
}

/* Checks the options together. */
static int check_together(const struct settings *settings, const struct rule *rule, enum act act, struct error *error)
{
	if (act == ACT_MESSAGE && (settings->text == NULL || settings->text[0] == '\0'))
		return usage(error, "--text is missing", "");
	if (!rule_given(rule))
		return usage(
		    error, "which sessions?",
		    "give --id, --all, --user, --idle-over, --disconnected-over, a filter or --stdin; a filter "
		    "in the configuration only narrows what all, idle-over or disconnected-over mean");
	if (rule->ids.count > 0 && rule->all)
		return usage(error, "--all and ids together", "give one of them");
	if (rule->ids.count > 0 && settings->target_count > 1)
		return usage(error, "ids with more than one target", "an id belongs to one host: give one -T");
	if (settings->confirm && settings->execute && !settings->dry_run && !terminal_there())
		return usage(error, "--confirm without a terminal", "");
	return 0;
}

static void make_rule(struct rule *rule, const struct settings *settings, const struct picked *picked)
{
	*rule = (struct rule){
	    .filter = settings->filter,
	    .ids = settings->ids,
	    .all = settings->all,
	    .filter_is_rule = settings->filter_on_line,
	    .idle_over = settings->idle_over,
	    .disconnected_over = settings->disconnected_over,
	    .idle_after = settings->idle_after,
	    .from_stdin = settings->from_stdin,
	    .picked = picked->sessions,
	    .picked_count = picked->count,
	};
}

/* The targets of the command line and of the picked sessions.  Without any, a dry run uses this machine. */
static int find_targets(struct settings *settings, const struct picked *picked, bool execute, struct error *error)
{
	struct string_list names = settings->target_names;

	for (size_t i = 0; i < picked->targets.count; i++)
		string_list_add(&names, &settings->arena, picked->targets.items[i]);
	if (picked->targets.count == 0 && (settings->target_count > 0 || settings->from_stdin))
		return 0;
	if (names.count == 0 && execute)
		return usage(error, "--execute needs a target", "name it with -T");
	if (names.count == 0)
		string_list_add(&names, &settings->arena, "local:");
	return config_targets(&settings->config, &names, &settings->arena, &settings->targets, &settings->target_count,
	                      error);
}

/* Says, on its own line, why this run only plans. */
static void say_held(const struct program_info *program, const struct settings *settings, const char *why)
{
	json_t *json = json_pack("{s:s+}", "note", "a plan only, ", why);

	if (settings->pass_thru && json != NULL && json_dumpf(json, stdout, JSON_COMPACT) == 0)
		putchar('\n');
	else
		printf("%s: a plan only, %s\n", program->name, why);
	json_decref(json);
}

/* In a downtime, or after an acknowledgement, nothing is done. */
static void hold(struct settings *settings, const struct program_info *program)
{
	struct buffer why = {0};

	if (event_holds(&settings->downtime_depths, settings->acknowledged, &why)) {
		settings->execute = false;
		say_held(program, settings, buffer_text(&why));
	}
	buffer_free(&why);
	fflush(stdout); /* from here on write() is used */
}

/* 0: go on; 1: not a service state to act on; -1: error. */
static int check_event(struct settings *settings, const struct program_info *program, struct error *error)
{
	bool act = true;

	if (settings->service_state == NULL && (settings->state_type != NULL || settings->attempt != NULL))
		return usage(error,
		             settings->state_type != NULL ? "--state-type without --service-state"
		                                          : "--attempt without --service-state",
		             "give all three, or none if no monitoring server runs it");
	if (settings->service_state != NULL &&
	    event_judge(settings->service_state, settings->state_type, &settings->act_on, &act, error) < 0)
		return -1;
	if (act) {
		hold(settings, program);
		return 0;
	}
	printf("%s: nothing to do, the service is %s %s\n", program->name, settings->state_type,
	       settings->service_state);
	return 1;
}

/* From here on a signal stops the run between two acts. */
static void begin(void)
{
	catch_signals();
	begun = 1;
}

/* The work of a program after its command line and configuration are read: returns its exit status, or -1 with
 * *error. */
struct body {
	const struct program_info *program;
	const struct provider *const *providers;
	enum act act;
	handler_work *work; /* NULL: one act, as the options say */
	int (*run)(const struct body *body, struct settings *settings, struct error *error);
};

static int run_act(const struct body *body, struct settings *settings, struct error *error)
{
	const struct program_info *program = body->program;
	const enum act act = body->act;
	struct remedy_order order = {.settings = settings, .program = program->name};
	struct picked picked = {0};
	struct rule_index index;
	struct deadline deadline = deadline_in(settings->timeout);
	int event = check_event(settings, program, error);

	if (event != 0)
		return event < 0 ? -1 : REMEDY_DONE;
	order.execute = settings->execute && !settings->dry_run;
	limit_time(settings->timeout + OUTPUT_RESERVE); /* reading standard input has its own deadline */
	if (settings->from_stdin && picked_read(&picked, STDIN_FILENO, &deadline, &settings->arena, error) < 0)
		return -1;
	make_rule(&order.rule, settings, &picked);
	rule_index_make(&order.rule, &index, &settings->arena);
	if (find_targets(settings, &picked, order.execute, error) < 0 ||
	    check_together(settings, &order.rule, act, error) < 0)
		return -1;
	order.targets = settings->targets;
	order.target_count = settings->target_count;
	order.action = (struct action){
	    .act = act,
	    .title = settings->title,
	    .text = settings->text,
	    .answer_wait = settings->answer_wait,
	    .force = settings->force,
	};
	begin();
	return remedy_say(&order);
}

static int run_work(const struct body *body, struct settings *settings, struct error *error)
{
	int event = check_event(settings, body->program, error);
	struct output output;
	struct remedy_writer writer = {write_out, &output};

	if (event != 0)
		return event < 0 ? -1 : REMEDY_DONE;
	limit_time(settings->timeout + OUTPUT_RESERVE);
	output.deadline = deadline_in(settings->timeout + OUTPUT_RESERVE);
	begin();
	return body->work(body->program, settings, &writer, error);
}

static int start(const struct body *body, int argc, char **argv)
{
	const struct program_info *program = body->program;
	struct settings settings;
	struct error error = {0};
	int status;

	process_harden();
	text_locale_open();
	memory_ends_program();
	settings_init(&settings);
	limit_time(EARLY_TIME);
	status = options_parse(program, body->providers, argc, argv, &settings, &error);
	if (status == 0)
		status = body->run(body, &settings, &error);
	else if (status > 0)
		status = REMEDY_UNKNOWN; /* --help or --version was printed */
	if (status < 0) {
		usage_short(program, &error, stdout);
		status = REMEDY_UNKNOWN;
	}
	fflush(stdout);
	settings_free(&settings);
	return status;
}

int handler_main(const struct program_info *program, const struct provider *const providers[], enum act act, int argc,
                 char **argv)
{
	const struct body body = {.program = program, .providers = providers, .act = act, .run = run_act};

	return start(&body, argc, argv);
}

int handler_main_with(const struct program_info *program, const struct provider *const providers[], handler_work *work,
                      int argc, char **argv)
{
	const struct body body = {.program = program, .providers = providers, .work = work, .run = run_work};

	return start(&body, argc, argv);
}
