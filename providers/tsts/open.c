/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The way to an open host: resolve, connect, log in, open the pipes, read the clock.
 *
 *   host_open ─▶ resolved ─▶ probed ─▶ login_queue ─▶ host_login ─▶ logged_in ─▶ opened_one, twice
 *
 * One of many hosts goes from resolved to login_queue at once, and is probed only if its login fails or takes long.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/time.h>

#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/tape/tape.h"
#include "lib/target/provider.h"
#include "providers/tsts/host.h"
#include "providers/tsts/pipe.h"
#include "providers/tsts/probe.h"
#include "providers/tsts/samba.h"
#include "providers/tsts/status.h"
#include "providers/tsts/wire.h"

/* Of many hosts one is probed if its login takes longer than this (ms), or half of the time left. */
enum { LONG_LOGIN = 1000 };

/* Ignore a host clock more than a day off: its timestamps cannot be used. */
static const int64_t SKEW_MOST = INT64_C(24) * 3600 * 1000;

static void advance(struct host *host, enum step step)
{
	if (host->trail != NULL)
		trail_mark(host->trail, host->step);
	host->step = step;
}

static void opened_one(struct host *host)
{
	if (--host->opening == 0)
		host_end(host);
}

static void session_opened(struct host *host, const struct error *error)
{
	if (error->code != ERROR_NONE)
		host_fail(host, error);
	else
		opened_one(host);
}

/* Without the host's clock idle times are unknown, which is a notice and no error. */
static void check_clock(struct host *host)
{
	int64_t ahead = host->clock - clock_now();
	char text[DURATION_TEXT_SIZE];

	host->clocked = tape_plays() || (ahead >= -SKEW_MOST && ahead <= SKEW_MOST);
	if (host->clocked)
		return;
	duration_format(text, sizeof text, ahead < 0 ? -ahead : ahead);
	error_set(&host->clock_error, ERROR_PROTOCOL, STEP_OPEN, "the host's clock is %s %s", text,
	          ahead < 0 ? "slow" : "fast");
}

static void clock_settled(struct host *host)
{
	host->clock_asked = false;
	opened_one(host);
}

static void time_told(struct call *call, uint32_t status, struct wire_bytes reply)
{
	struct host *host = call->host;
	uint32_t refused = 0;

	if (!host->clock_asked)
		return;
	if (status != 0)
		status_error(&host->clock_error, status, STEP_OPEN, host->access.host);
	else if (wire_read_time(reply, &host->clock, &refused) != 0)
		error_set(&host->clock_error, ERROR_PROTOCOL, STEP_OPEN, "the time is not as MS-SRVS has it");
	else if (refused != 0)
		error_set(&host->clock_error, ERROR_PROTOCOL, STEP_OPEN, "NetrRemoteTOD failed with %u", refused);
	else
		check_clock(host);
	host->clock_read = clock_monotonic();
	clock_settled(host);
}

static void clock_opened(struct host *host, const struct error *error)
{
	struct call *call;

	if (!host->clock_asked)
		return;
	if (error->code != ERROR_NONE) {
		host->clock_error = *error;
		clock_settled(host);
		return;
	}
	call = call_new(host, WIRE_CLOCK, CLOCK_TIME_OF_DAY, time_told);
	call_send(call, wire_number(&call->arena, 0)); /* the server's name: a null pointer */
}

static void clock_late(struct tevent_context *events, struct tevent_timer *timer, struct timeval now, void *data)
{
	struct host *host = data;

	(void)events;
	(void)timer;
	(void)now;
	if (!host->busy || !host->clock_asked)
		return;
	error_set(&host->clock_error, ERROR_TIMEOUT, STEP_OPEN, "the service \"Server\" did not answer in time");
	clock_settled(host);
}

/* The clock gets half of the time left: the sessions are more important. */
static void ask_clock(struct host *host)
{
	host->clock_asked = true;
	tevent_add_timer(host->engine->events, host,
	                 timeval_current_ofs_msec((uint32_t)deadline_left(&host->deadline) / 2), clock_late, host);
	host_open_pipe(host, WIRE_CLOCK, clock_opened);
}

/* Tests whether the port accepts connections; once at most. */
static void look_into(struct host *host)
{
	if (host->probing)
		return;
	host->probing = true;
	probe_connect(host->probe);
}

/* Samba's status codes do not describe failures below SMB. */
static void login_failed(struct host *host, const struct error *error)
{
	bool answered = error->code == ERROR_AUTH || error->code == ERROR_ACCESS || host->listens;

	if (!host->one_of_many || answered) {
		host_fail(host, error);
		return;
	}
	host->login_error = *error;
	look_into(host);
}

/* The SMB connection and its first pipe are open: open the others at the same time. */
static void logged_in(struct host *host, const struct error *error)
{
	if (error->code != ERROR_NONE) {
		login_failed(host, error);
		return;
	}
	if (!host->busy)
		return;
	advance(host, STEP_OPEN);
	host->opening = 2;
	pipe_share(host, session_opened);
	ask_clock(host);
}

static void long_login(struct tevent_context *events, struct tevent_timer *timer, struct timeval now, void *data)
{
	struct host *host = data;

	(void)events;
	(void)timer;
	(void)now;
	if (host->busy && host->step == STEP_LOGIN)
		look_into(host);
}

void host_login(struct host *host)
{
	int64_t half = deadline_left(&host->deadline) / 2;

	host->login_queued = false;
	if (host->one_of_many)
		tevent_add_timer(host->engine->events, host,
		                 timeval_current_ofs_msec((uint32_t)(half < LONG_LOGIN ? half : LONG_LOGIN)),
		                 long_login, host);
	pipe_connect(host, logged_in);
}

static void login_queue(struct host *host, const char *address)
{
	text_copy(host->address, sizeof host->address, address);
	advance(host, STEP_LOGIN);
	if (!host->one_of_many) {
		host_login(host);
		return;
	}
	host->login_queued = true;
	host->engine->ended++;
}

static void resolved(void *context)
{
	struct host *host = context;
	const char *address = host->one_of_many ? probe_one_address(host->probe) : NULL;

	if (address != NULL) {
		login_queue(host, address);
		return;
	}
	advance(host, STEP_CONNECT);
	host->probing = true;
	probe_connect(host->probe);
}

static void probed(void *context)
{
	struct host *host = context;
	const struct probe_result *result = probe_result(host->probe);

	if (!host->busy || host->step > STEP_LOGIN)
		return;
	if (result->error.code != ERROR_NONE) {
		host_fail(host, &result->error);
		return;
	}
	host->listens = true;
	if (host->step == STEP_CONNECT)
		login_queue(host, result->address);
	else if (host->login_error.code != ERROR_NONE)
		host_fail(host, &host->login_error);
}

void host_open(struct host *host, const struct deadline *deadline, struct trail *trail)
{
	struct error error = {0};

	host_begin(host, STEP_RESOLVE, deadline, trail);
	if (tape_plays()) {
		host->listens = true;
		login_queue(host, "");
		return;
	}
	host->probe =
	    probe_start(host, host->engine->events, host->access.host, host->access.port, resolved, probed, host);
	if (host->probe != NULL)
		return;
	error_set(&error, ERROR_SYSTEM, STEP_RESOLVE, "no thread or descriptor for looking up %.100s",
	          host->access.host);
	host_fail(host, &error);
}
