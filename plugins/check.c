/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugins/check.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/base/trust.h"
#include "lib/collect/collect.h"
#include "lib/config/help.h"
#include "lib/config/options_parse.h"
#include "lib/config/programs.h"
#include "lib/config/settings.h"
#include "lib/judge/select.h"
#include "lib/judge/threshold.h"
#include "lib/report/foresight.h"
#include "lib/report/report.h"
#include "lib/target/provider.h"
#include "plugins/check_tape.h"
#include "providers/registry.h"

/* The report is being written: a second first line would confuse the reader. */
static volatile sig_atomic_t writing;

/* The monitoring server stops us, or our time limit has passed: prints one line and exits.  Workers end with us. */
static void give_up(int number)
{
	static const char stopped[] = "SESSIONS UNKNOWN: stopped before all targets had answered\n";
	static const char late[] = "SESSIONS UNKNOWN: not done within --timeout\n";
	struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};

	if (writing || poll(&out, 1, 0) <= 0) /* a reader that does not read may be why we hang */
		_exit(VERDICT_UNKNOWN);
	if (number == SIGALRM)
		(void)!write(STDOUT_FILENO, late, sizeof late - 1);
	else
		(void)!write(STDOUT_FILENO, stopped, sizeof stopped - 1);
	_exit(VERDICT_UNKNOWN);
}

static void give_up_signals(sigset_t *signals)
{
	sigemptyset(signals);
	sigaddset(signals, SIGTERM);
	sigaddset(signals, SIGINT);
	sigaddset(signals, SIGALRM);
}

/* collect() keeps the deadline by itself; the alarm is for anything else that hangs. */
static void give_up_in(int64_t timeout)
{
	const struct itimerval alarm = {.it_value = {timeout / 1000, timeout % 1000 * 1000}};
	struct sigaction action = {.sa_handler = give_up};

	give_up_signals(&action.sa_mask);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &alarm, NULL);
}

/* Before an execve(), which keeps the alarm and not its handler: it would end the next program without a word, which
 * sets its own. */
static void give_up_later(void)
{
	setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
}

static bool wants_foresight(const struct settings *settings)
{
	return settings->policies.count > 0 || settings->remember;
}

/* The time for the report: a tenth of the timeout, at most half a second.  With a ledger, which may be locked, a
 * quarter, at most 2.5 seconds. */
static struct deadline collect_deadline(const struct settings *settings)
{
	int64_t share = settings->timeout / (wants_foresight(settings) ? 4 : 10);
	int64_t most = wants_foresight(settings) ? 2500 : 500;

	return deadline_in(settings->timeout - (share < most ? share : most));
}

/* In one write(), because a reader may take its first read() for everything.  A reader that does not read stops us
 * at our time limit. */
static int report_write(const struct buffer *out)
{
	size_t done = 0;

	writing = 1;
	while (done < out->length) {
		ssize_t written = write(STDOUT_FILENO, out->text + done, out->length - done);

		if (written < 0 && errno != EINTR)
			return -1;
		if (written > 0)
			done += (size_t)written;
	}
	return 0;
}

static int thresholds_read(struct settings *settings, struct thresholds *thresholds, struct error *error)
{
	for (size_t i = 0; i < settings->warnings.count; i++)
		if (thresholds_add(thresholds, VERDICT_WARNING, settings->warnings.items[i], &settings->arena, error) <
		    0)
			return -1;
	for (size_t i = 0; i < settings->criticals.count; i++)
		if (thresholds_add(thresholds, VERDICT_CRITICAL, settings->criticals.items[i], &settings->arena,
		                   error) < 0)
			return -1;
	for (int i = 0; i < METRIC_COUNT && settings->policies.count == 0; i++)
		if (metric_of_policy((enum metric)i) &&
		    (thresholds->metrics[i].has_warning || thresholds->metrics[i].has_critical)) {
			error_set(error, ERROR_USAGE, STEP_NONE, "%s is a metric of policies",
			          metric_name((enum metric)i));
			return error_hint(error, "name one with --policy, or --policy all");
		}
	return 0;
}

/* Windows needs a request for each client, Azure for births.  JSON has everything, because handlers read it. */
static unsigned needs(const struct settings *settings)
{
	if (settings->output == OUTPUT_JSON || wants_foresight(settings) || settings->record != NULL)
		return NEED_EVERYTHING;
	if (settings->verbose > 0 || settings->explain || settings->filter.clients.count > 0)
		return NEED_CLIENTS;
	return 0;
}

/* Prints one line if there is nothing to report on. */
static int say_failure(const struct error *error)
{
	struct buffer out = {0};

	buffer_puts(&out, "SESSIONS UNKNOWN: ");
	error_show(&out, error);
	buffer_puts(&out, "\n");
	report_write(&out);
	buffer_free(&out);
	return VERDICT_UNKNOWN;
}

/* The note follows. */
static int say_report(const struct settings *settings, const struct report *report, const struct buffer *note)
{
	struct buffer out = {0};
	int status;

	if (settings->output == OUTPUT_JSON)
		report_json(report, &out);
	else
		report_text(report, &out);
	buffer_puts(&out, buffer_text(note));
	status = report_write(&out) == 0 ? (int)report->verdict : VERDICT_UNKNOWN;
	buffer_free(&out);
	return status;
}

/* context: of the source; NULL if there is none. */
static int visit_and_report(const struct settings *settings, const struct thresholds *thresholds,
                            const struct foresight_source *source, void *context)
{
	const struct foresight *foresight = NULL;
	struct error error = {0};
	struct report report;
	struct buffer note = {0};
	struct visit *visits;
	int status, recorded;

	if (filter_given(&settings->filter) || source != NULL)
		text_locale_open();
	visits = collect_targets(settings->targets, settings->target_count, settings->target_timeout,
	                         collect_deadline(settings), needs(settings));
	recorded = check_tape_end(settings, visits, &note);
	if (source != NULL && source->look(context, visits, &foresight, &error) < 0) {
		status = say_failure(&error);
	} else {
		report_make(&report, visits, settings->target_count, settings, thresholds);
		if (foresight != NULL)
			report_foresee(&report, foresight);
		status = say_report(settings, &report, &note);
		report_free(&report);
	}
	visits_free(visits, settings->target_count);
	buffer_free(&note);
	return recorded < 0 ? VERDICT_UNKNOWN : status;
}

/* -1: an error in the command line or the configuration. */
static int check_run(const struct check *check, char **argv, struct settings *settings,
                     const struct thresholds *thresholds, struct error *error)
{
	void *context = NULL;
	int status;

	if (wants_foresight(settings) && check->source == NULL) {
		give_up_later();
		return check->become(argv, error);
	}
	give_up_in(settings->timeout);
	if (check_tape_begin(settings, error) < 0)
		return -1;
	if (check->source != NULL && check->source->open(&context, settings, error) < 0)
		return -1;
	status = visit_and_report(settings, thresholds, check->source, context);
	if (check->source != NULL)
		check->source->close(context);
	return status;
}

int check_main(const struct check *check, int argc, char **argv)
{
	struct thresholds thresholds = {0};
	struct settings settings;
	struct error error = {0};
	int status;

	process_harden();
	memory_ends_program();
	settings_init(&settings);
	give_up_in(settings.timeout); /* reading the configuration may take time, too */
	status = options_parse(&program_check, provider_registry, argc, argv, &settings, &error);
	if (status == 0 && (status = thresholds_read(&settings, &thresholds, &error)) == 0)
		status = check_run(check, argv, &settings, &thresholds, &error);
	else if (status > 0)
		status = VERDICT_UNKNOWN; /* --help or --version was printed */
	if (status < 0) {
		usage_short(&program_check, &error, stdout);
		status = VERDICT_UNKNOWN;
	}
	settings_free(&settings);
	return status;
}
