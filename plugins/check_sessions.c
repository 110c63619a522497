/* SPDX-License-Identifier: GPL-3.0-or-later */
/* check_sessions: what sessions there are, how idle they are, and whether that is too much. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
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
#include "lib/config/options.h"
#include "lib/config/programs.h"
#include "lib/config/settings.h"
#include "lib/judge/select.h"
#include "lib/judge/threshold.h"
#include "lib/report/report.h"
#include "lib/target/provider.h"

/* The report is being written: a second first line would only confuse. */
static volatile sig_atomic_t writing;

/* The monitoring server's kill or our own time limit: one line, and out.  Workers end with us. */
static void give_up(int number)
{
	static const char stopped[] = "SESSIONS UNKNOWN: stopped before all targets had answered\n";
	static const char late[] = "SESSIONS UNKNOWN: not done within --timeout\n";
	struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};

	if (writing || poll(&out, 1, 0) <= 0) /* whoever does not read may be why we hang */
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

/* collect() keeps to the deadline by itself; the alarm is for what it does not know of. */
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

/* A tenth of the time, at most half a second, is for the report. */
static struct deadline collect_deadline(int64_t timeout)
{
	int64_t reserve = timeout / 10 < 500 ? timeout / 10 : 500;

	return deadline_in(timeout - reserve);
}

/* All at once, as a reader may take what the first read() gives for everything.  A reader who does not
   read ends us at our time limit. */
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
	return 0;
}

/* Windows has to be asked for each client apart, Azure for births.  JSON has everything: handlers are given it. */
static unsigned needs(const struct settings *settings)
{
	if (settings->output == OUTPUT_JSON)
		return NEED_EVERYTHING;
	if (settings->verbose > 0 || settings->explain || settings->filter.clients.count > 0)
		return NEED_CLIENTS;
	return 0;
}

static int check(const struct settings *settings, const struct thresholds *thresholds)
{
	struct buffer out = {0};
	struct report report;
	struct visit *visits;
	int status;

	give_up_in(settings->timeout);
	if (filter_given(&settings->filter))
		text_locale_open();
	visits = collect_targets(settings->targets, settings->target_count, settings->target_timeout,
	                         collect_deadline(settings->timeout), needs(settings));
	report_make(&report, visits, settings->target_count, settings, thresholds);
	if (settings->output == OUTPUT_JSON)
		report_json(&report, &out);
	else
		report_text(&report, &out);
	status = report_write(&out) == 0 ? (int)report.verdict : VERDICT_UNKNOWN;
	buffer_free(&out);
	report_free(&report);
	for (size_t i = 0; i < settings->target_count; i++)
		visit_free(&visits[i]);
	free(visits);
	return status;
}

int main(int argc, char **argv)
{
	struct thresholds thresholds = {0};
	struct settings settings;
	struct error error = {0};
	int status = VERDICT_UNKNOWN;

	process_harden();
	memory_ends_program();
	settings_init(&settings);
	give_up_in(settings.timeout); /* a configuration may take its time, too */
	switch (options_parse(&program_check, argc, argv, &settings, &error)) {
	case 0:
		if (thresholds_read(&settings, &thresholds, &error) == 0)
			status = check(&settings, &thresholds);
		else
			usage_short(&program_check, &error, stdout);
		break;
	case -1:
		usage_short(&program_check, &error, stdout);
		break;
	}
	settings_free(&settings);
	return status;
}
