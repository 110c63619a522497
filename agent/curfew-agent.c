/* SPDX-License-Identifier: GPL-3.0-or-later */
/* curfew-agent: serves sessions to an SNMP daemon (doc/snmp.md). */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "agent/agentx.h"
#include "agent/host_resources.h"
#include "agent/notifier.h"
#include "agent/notify.h"
#include "agent/order_request.h"
#include "agent/order_run.h"
#include "agent/orders.h"
#include "agent/pack.h"
#include "agent/poll.h"
#include "agent/publish.h"
#include "agent/rows.h"
#include "agent/table.h"
#include "agent/value.h"
#include "lib/act/host_lock.h"
#include "lib/act/state.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/base/trust.h"
#include "lib/child/child.h"
#include "lib/config/help.h"
#include "lib/config/options_parse.h"
#include "lib/config/programs.h"
#include "lib/config/settings.h"
#include "providers/registry.h"

/* A blank, so that no host's lock has this name. */
static const char lock_name[] = "curfew agent";

enum { EXIT_FAILED = 2, EXIT_USAGE = 3, WAIT_MAX = 1000 };

struct agent {
	int argc;
	char **argv;
	struct settings *settings;
	struct state_dir dir;
	struct host_lock lock;
	struct base_oid base;
	struct table *table;
	struct agentx_source source;
	struct notifier notifier;
	struct orders orders;
	struct order_rule order_rule;
	struct order_run order_run;
	struct poll poll;
	struct deadline next_poll;
	int64_t start;         /* our clock */
	int64_t counted_since; /* the same moment on the monotonic clock */
	uint32_t poll_failures;
	int signals;      /* signalfd */
	bool failing;     /* the last poll: say it once */
	bool unpublished; /* the file: likewise */
	bool serving;     /* net-snmp was begun */
	bool stopping;
};

/* New settings, or NULL: *error says what is wrong, or nothing is (--help). */
static struct settings *settings_read(const struct agent *agent, struct error *error)
{
	struct settings *settings = must_alloc(sizeof *settings);

	if (options_parse(&program_agent, provider_registry, agent->argc, agent->argv, settings, error) == 0)
		return settings;
	settings_free(settings);
	free(settings);
	return NULL;
}

/* The module for snmpd (agent/module.c) serves what the file has. */
static void file_renew(struct agent *agent)
{
	const char *path = agent->settings->snapshot_file;
	struct error error = agent->poll.unpublished;

	if (path == NULL)
		return;
	if (error.code != ERROR_NONE || publish_show(path, &error) < 0) {
		if (!agent->unpublished)
			log_line(LOG_LEVEL_ERROR, "snmpd's module gets no new snapshot: %s", error.text);
		agent->unpublished = true;
		return;
	}
	if (agent->unpublished)
		log_line(LOG_LEVEL_INFO, "snmpd's module gets snapshots again");
	agent->unpublished = false;
}

/* The new table takes the old one's place, and the settings of its poll with it. */
static void table_renew(struct agent *agent)
{
	const struct showing showing = agent->table->block.showing;

	for (size_t i = 0; i < agent->poll.notices.count; i++)
		log_line(LOG_LEVEL_INFO, "%s", agent->poll.notices.items[i]);
	file_renew(agent);
	agent->table = poll_take(&agent->poll, agent->table);
	agent->table->block.showing = showing;
	agent->source.table = agent->table;
	notifier_look(&agent->notifier, agent->table);
	if (agent->failing)
		log_line(LOG_LEVEL_INFO, "polls work again");
	agent->failing = false;
	log_line(LOG_LEVEL_DEBUG, "snapshot %u: %zu hosts, %zu sessions", agent->table->block.serial,
	         table_hosts(agent->table).rows, table_sessions(agent->table).rows);
}

static void poll_failed(struct agent *agent, const struct error *error)
{
	agent->table->block.showing.failures = ++agent->poll_failures;
	if (agent->settings->snapshot_file != NULL)
		publish_failures(agent->settings->snapshot_file, agent->poll_failures);
	if (!agent->failing)
		log_line(LOG_LEVEL_ERROR, "a poll failed, and the last snapshot stays: %s", error->text);
	agent->failing = true;
}

static void poll_begin(struct agent *agent)
{
	const struct poll_order order = {
	    .settings = agent->settings,
	    .previous = agent->table,
	    .agent_start = agent->start,
	    .counted_since = agent->counted_since,
	    .poll_failures = agent->poll_failures,
	};
	struct error error = {0};

	agent->next_poll = deadline_in(agent->settings->poll_interval);
	if (poll_start(&agent->poll, &order, &error) < 0)
		poll_failed(agent, &error);
}

/* What of the new settings cannot be taken over stays as it was. */
static void reload(struct agent *agent)
{
	struct error error = {0};
	struct settings *settings = settings_read(agent, &error);
	const char *this_machine = NULL;
	struct order_rule order_rule;

	if (settings != NULL && (host_resources_target(settings, &this_machine, &error) < 0 ||
	                         order_rule_make(&order_rule, settings, &error) < 0)) {
		settings_free(settings);
		free(settings);
		settings = NULL;
	}
	if (settings == NULL) {
		log_line(LOG_LEVEL_ERROR, "the old configuration stays: %s", error.text);
		return;
	}
	log_line(LOG_LEVEL_INFO, "configuration read again; socket, base OID and state folder need a restart");
	poll_stop(&agent->poll);
	if (agent->settings->snapshot_file != NULL &&
	    (settings->snapshot_file == NULL || strcmp(agent->settings->snapshot_file, settings->snapshot_file) != 0))
		publish_remove(agent->settings->snapshot_file);
	settings_free(agent->settings);
	free(agent->settings);
	agent->settings = settings;
	agent->source.this_machine = this_machine;
	agent->order_rule = order_rule;
	notifier_set(&agent->notifier, settings);
	agent->source.acts = settings->notify_audits.count > 0 ? &agent->notifier.acts : NULL;
	poll_begin(agent);
}

static void signals_take(struct agent *agent)
{
	struct signalfd_siginfo info;

	while (read(agent->signals, &info, sizeof info) == (ssize_t)sizeof info) {
		if (info.ssi_signo == SIGHUP)
			reload(agent);
		else if (info.ssi_signo != SIGCHLD)
			agent->stopping = true;
	}
	children_reap();
}

static void orders_turn(struct agent *agent)
{
	const struct order *ended =
	    order_run_turn(&agent->order_run, &agent->orders, agent->settings, &agent->order_rule);

	if (ended != NULL)
		notifier_order(&agent->notifier, ended);
}

static void turn(struct agent *agent)
{
	int64_t wait = deadline_left(agent->poll.child.pid != 0 ? &agent->poll.deadline : &agent->next_poll);
	const struct child *child = &agent->poll.child;
	const int fds[] = {agent->signals, child->out, child->err, child->pidfd};
	unsigned readable = agentx_wait(fds, 4, wait < WAIT_MAX ? wait : WAIT_MAX);

	if ((readable & 1) != 0)
		signals_take(agent);
	orders_turn(agent);
	notifier_turn(&agent->notifier);
	switch (poll_advance(&agent->poll)) {
	case POLL_DONE:
		table_renew(agent);
		break;
	case POLL_FAILED:
		poll_failed(agent, &agent->poll.error);
		break;
	case POLL_IDLE:
		if (deadline_passed(&agent->next_poll) && !agent->stopping)
			poll_begin(agent);
		break;
	case POLL_RUNNING:
		break;
	}
}

/* SIGPIPE is ignored, because net-snmp writes to its socket without MSG_NOSIGNAL, and snmpd may end between
   a request and our answer. */
static int signals_open(void)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* What is served until the first poll has ended. */
static int table_begin(struct agent *agent, struct error *error)
{
	const struct circumstances circumstances = {
	    .poll_interval = agent->settings->poll_interval,
	    .idle_after = agent->settings->idle_after,
	    .poll_duration = -1,
	    .agent_start = agent->start,
	    .counted_since = agent->counted_since,
	};
	struct packed packed;
	struct rows none;

	rows_none(&none, &circumstances);
	if (rows_pack(&none, &packed, error) < 0)
		return -1;
	agent->table = table_take(&packed, error);
	agent->source.table = agent->table;
	return agent->table != NULL ? 0 : -1;
}

/* One agent for each state folder: two would give the same index to different hosts. */
static int begin(struct agent *agent, struct error *error)
{
	const char *base = agent->settings->base_oid;
	struct lock_holder holder;
	int held;

	if (base_oid_parse(&agent->base, base != NULL ? base : CURFEW_BASE_OID, error) < 0 ||
	    host_resources_target(agent->settings, &agent->source.this_machine, error) < 0 ||
	    order_rule_make(&agent->order_rule, agent->settings, error) < 0 ||
	    state_dir_open_as(&agent->dir, agent->settings->state_dir, agent->settings->state_dir_shared, error) < 0)
		return -1;
	held = host_lock_take(&agent->lock, &agent->dir, lock_name, LOCK_FOREVER, &holder, error);
	if (held < 0)
		return -1;
	if (held > 0) {
		error_set(error, ERROR_REFUSED, STEP_NONE,
		          "another curfew-agent runs with the state folder %s (pid %lld)", agent->dir.path, holder.pid);
		return error_hint(error, "end that one, or give this one a folder of its own with --state-dir");
	}
	if (!agent->settings->foreground && daemon(1, 0) < 0)
		return error_errno(error, errno, STEP_NONE, "cannot go to the background");
	if (host_lock_sign(&agent->lock, LOCK_FOREVER, error) < 0)
		return -1;
	log_open(program_agent.name, agent->settings->verbose > 0 ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO,
	         agent->settings->foreground);
	agent->signals = signals_open();
	if (agent->signals < 0)
		return error_errno(error, errno, STEP_NONE, "no signals");
	agent->start = clock_now();
	agent->counted_since = clock_monotonic();
	if (table_begin(agent, error) < 0)
		return -1;
	agent->source.traps = &agent->notifier.queue;
	agent->source.orders = &agent->orders;
	agent->source.order_rule = &agent->order_rule;
	notifier_set(&agent->notifier, agent->settings);
	agent->source.acts = agent->settings->notify_audits.count > 0 ? &agent->notifier.acts : NULL;
	agent->source.beside_module = agent->settings->snapshot_file != NULL;
	if (agent->source.beside_module)
		publish_remove(agent->settings->snapshot_file); /* of one that was killed */
	agent->serving = true;
	return agentx_start(agent->settings->agentx_socket, &agent->base, &agent->source, error);
}

/* Whatever of it has begun. */
static void end(struct agent *agent)
{
	poll_stop(&agent->poll);
	if (agent->serving && agent->settings->snapshot_file != NULL)
		publish_remove(agent->settings->snapshot_file);
	if (agent->serving)
		agentx_stop();
	order_run_leave(&agent->order_run);
	orders_free(&agent->orders);
	notifier_close(&agent->notifier);
	table_free(agent->table);
	host_lock_release(&agent->lock);
	state_dir_close(&agent->dir);
	settings_free(agent->settings);
	free(agent->settings);
}

static int serve(struct agent *agent)
{
	struct error error = {0};
	int status = EXIT_SUCCESS;

	if (begin(agent, &error) < 0) {
		if (agent->serving)
			log_line(LOG_LEVEL_ERROR, "%s", error.text);
		else
			fprintf(stderr, "%s: %s%s%s\n", program_agent.name, error.text,
			        error.hint[0] != '\0' ? "; " : "", error.hint);
		status = error.code == ERROR_USAGE || error.code == ERROR_CONFIG ? EXIT_USAGE : EXIT_FAILED;
	} else {
		notify_ready();
		while (!agent->stopping) {
			turn(agent);
			notify_alive();
		}
		notify_stopping();
		log_line(LOG_LEVEL_INFO, "asked to stop");
	}
	end(agent);
	return status;
}

int main(int argc, char **argv)
{
	struct agent agent = {.argc = argc, .argv = argv, .dir.fd = -1, .lock.fd = -1};
	struct error error = {0};

	process_harden();
	text_locale_open();
	memory_ends_program();
	poll_init(&agent.poll);
	order_run_init(&agent.order_run);
	agent.settings = settings_read(&agent, &error);
	if (agent.settings != NULL)
		return serve(&agent);
	if (error.code != ERROR_NONE)
		usage_short(&program_agent, &error, stderr);
	return EXIT_USAGE;
}
