/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/tsts/host.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/time.h>

#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "providers/tsts/inside.h"
#include "providers/tsts/pipe.h"
#include "providers/tsts/recorded.h"
#include "providers/tsts/samba.h"
#include "providers/tsts/status.h"

/* Keeps Samba's messages off stderr. Its status codes are enough, except for Kerberos. */
static void on_log(void *context, int level, const char *message)
{
	struct engine *engine = context;

	if (level <= KERBEROS_LOG_LEVEL)
		kerberos_hear(&engine->kerberos, message);
}

static int engine_forget(struct engine *engine)
{
	(void)engine;
	samba_log_to(NULL, NULL);
	return 0;
}

struct engine *engine_new(TALLOC_CTX *memory)
{
	struct engine *engine = talloc_zero(memory, struct engine);

	engine->shared = talloc_zero(engine, struct shared);
	if (samba_log_to(engine, on_log))
		talloc_set_destructor(engine, engine_forget);
	engine->events = tevent_context_init(engine);
	if (engine->events == NULL || !NT_STATUS_IS_OK(dcerpc_init())) {
		talloc_free(engine);
		return NULL;
	}
	/* Samba's Kerberos runs the event loop from within an event handler. (The function is deprecated; there is
	   no other.) */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
	tevent_loop_allow_nesting(engine->events);
#pragma GCC diagnostic pop
	return engine;
}

int engine_run(struct engine *engine, struct host *host, struct error *error)
{
	while (host->busy) {
		if (tevent_loop_once(engine->events) != 0)
			return error_set(error, ERROR_SYSTEM, host->step, "the event loop failed");
	}
	if (host->error.code == ERROR_NONE)
		return 0;
	if (error->code == ERROR_NONE)
		*error = host->error;
	return -1;
}

void engine_free(struct engine *engine)
{
	while (engine != NULL && engine->hosts != NULL)
		talloc_free(engine->hosts);
	talloc_free(engine);
}

static void host_link(struct host *host)
{
	struct engine *engine = host->engine;

	host->next = engine->hosts;
	if (host->next != NULL)
		host->next->previous = host;
	engine->hosts = host;
}

static void host_unlink(struct host *host)
{
	if (host->next != NULL)
		host->next->previous = host->previous;
	*(host->previous != NULL ? &host->previous->next : &host->engine->hosts) = host->next;
}

/* Memory that cannot be freed without waiting is left to the end of the process. */
static int host_free(struct host *host)
{
	host_unlink(host);
	return pipes_hang_up(host) ? 0 : -1;
}

struct host *host_new(struct engine *engine, const struct target *target, struct error *error)
{
	struct host *host = talloc_zero(NULL, struct host);

	host->engine = engine;
	host_link(host);
	talloc_set_destructor(host, host_free);
	if (access_prepare(&host->access, target, host, engine->shared, error) == 0)
		return host;
	talloc_free(host);
	return NULL;
}

int64_t host_now(const struct host *host)
{
	return host->clocked ? host->clock + clock_monotonic() - host->clock_read : clock_now();
}

static void finish(struct host *host)
{
	if (!host->busy)
		return;
	TALLOC_FREE(host->timer);
	host->busy = host->login_queued = false;
	host->engine->ended++;
}

void host_end(struct host *host)
{
	if (host->busy && host->trail != NULL)
		trail_mark(host->trail, host->step);
	finish(host);
}

void host_fail(struct host *host, const struct error *error)
{
	if (host->busy && host->error.code == ERROR_NONE) {
		host->error = *error;
		record_failure(host, error);
	}
	finish(host);
}

int host_fail_status(struct host *host, uint32_t status)
{
	struct error error = {0};

	status_error(&error, status, host->step, host->access.host);
	host_fail(host, &error);
	return -1;
}

void host_malformed(struct host *host, const char *what)
{
	struct error error = {0};

	error_set(&error, ERROR_PROTOCOL, host->step, "%.100s: %s is not as MS-TSTS has it", host->access.host, what);
	host_fail(host, &error);
}

/* The step that timed out determines the message. */
static void time_error(const struct host *host, struct error *error)
{
	const char *name = host->access.host;
	unsigned port = host->access.port;

	if (host->login_queued) {
		error_set(error, ERROR_TIMEOUT, host->step, "%.100s: there was no time left for it", name);
		error_hint(error, "other hosts hang; give the run more time, or fewer hosts");
	} else if (host->step == STEP_RESOLVE) {
		error_set(error, ERROR_TIMEOUT, host->step, "%.100s: the name could not be resolved in time", name);
		error_hint(error, "the name servers do not answer: look at /etc/resolv.conf");
	} else if (host->step == STEP_CONNECT) {
		error_set(error, ERROR_TIMEOUT, host->step, "%.100s: port %u does not answer", name, port);
		error_hint(error,
		           "the host is off, or a firewall drops the packets (TCP %u, rule \"File and Printer "
		           "Sharing (SMB-In)\")",
		           port);
	} else if (host->step == STEP_LOGIN) {
		error_set(error, ERROR_TIMEOUT, host->step,
		          "%.100s: port %u accepts connections, but the SMB login did not finish in time", name, port);
		error_hint(error, "the host hangs, or the port belongs to something other than an SMB server");
	} else {
		error_set(error, ERROR_TIMEOUT, host->step,
		          "%.100s: logged in, but the session service did not answer in time", name);
		error_hint(error,
		           "the service \"Remote Desktop Services\" hangs; other services of the host may be well");
	}
}

static void timed_out(struct tevent_context *events, struct tevent_timer *timer, struct timeval now, void *data)
{
	struct host *host = data;
	struct error error = {0};

	(void)events;
	(void)timer;
	(void)now;
	host->timer = NULL; /* tevent frees it */
	/* Of many hosts the login begins without a probe: the connection timed out. */
	if (host->step == STEP_LOGIN && host->one_of_many && !host->listens && !host->login_queued)
		host->step = STEP_CONNECT;
	time_error(host, &error);
	host_fail(host, &error);
}

void host_begin(struct host *host, enum step step, const struct deadline *deadline, struct trail *trail)
{
	int64_t left = deadline_left(deadline);

	host->busy = true;
	host->operation++;
	host->step = step;
	host->trail = trail;
	host->deadline = *deadline;
	error_clear(&host->error);
	host->timer = tevent_add_timer(host->engine->events, host,
	                               timeval_current_ofs((uint32_t)(left / 1000), (uint32_t)(left % 1000 * 1000)),
	                               timed_out, host);
}
