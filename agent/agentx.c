/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <net-snmp/net-snmp-config.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/select.h>
#include <syslog.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/agent/net-snmp-agent-includes.h>

#include <net-snmp/agent/agent_callbacks.h>
#include <net-snmp/agent/agent_sysORTable.h>
#include <net-snmp/library/large_fd_set.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "agent/acts.h"
#include "agent/agentx.h"
#include "agent/agentx_parts.h"
#include "agent/grid.h"
#include "agent/order_request.h"
#include "agent/orders.h"
#include "agent/serve.h"
#include "agent/table.h"
#include "agent/trap.h"
#include "agent/trap_queue.h"
#include "agent/uptime.h"
#include "agent/value.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"

static const char program[] = "curfew-agent";

enum { PING_INTERVAL = 2 };     /* s: how soon a restarted snmpd is found again */
enum { ANSWER_TIME = 1 };       /* s: snmpd answers a ping or a registration within this, or hangs */
enum { RETRY_INTERVAL = 2000 }; /* ms: how soon a refused registration is tried again */

enum { PRIORITY_BESIDE = 200 }; /* behind the module, which has snmpd's default of 127 */

static const struct agentx_source *served;

/* snmpd has refused a subtree, because another subagent serves it. */
static bool refused;
/* net-snmp has called library_log(). */
static bool heard;
static struct deadline retry;

/* A subtree that is served. */
struct subtree {
	const char *name;
	unsigned long behind[3]; /* the base OID */
	size_t behind_length;
	struct grid (*grid)(const struct table *table);
	bool set; /* orders are taken */
	oid root[OID_LENGTH_MAX];
	size_t length;
	netsnmp_handler_registration *registration;
};

static bool notify_read(const void *context, unsigned column, size_t row, struct value *value)
{
	(void)context;
	(void)row;
	return trap_queue_value(served->traps, column, value);
}

static struct grid notify_grid(const struct table *table)
{
	static const struct key zero;

	(void)table;
	return (struct grid){
	    .keys = &zero,
	    .rows = 1,
	    .key_length = 1,
	    .first_column = NOTIFY_NUMBER,
	    .last_column = NOTIFY_WAITING,
	    .read = notify_read,
	};
}

static struct grid orders_here(const struct table *table)
{
	return orders_grid(served->orders, table);
}

static struct grid order_log_here(const struct table *table)
{
	(void)table;
	return orders_log_grid(served->orders);
}

/* Without an audit nothing is known of acts. */
static struct grid last_acts_here(const struct table *table)
{
	return served->acts != NULL ? acts_sessions(served->acts, table) : (struct grid){.first_column = 1};
}

static struct grid host_acts_here(const struct table *table)
{
	return served->acts != NULL ? acts_hosts(served->acts, table) : (struct grid){.first_column = 1};
}

static struct subtree subtrees[] = {
    {.name = "curfewScalars", .behind = {1, 1}, .behind_length = 2, .grid = table_scalars},
    {.name = "curfewHostEntry", .behind = {1, 2, 1}, .behind_length = 3, .grid = table_hosts},
    {.name = "curfewSessionEntry", .behind = {1, 3, 1}, .behind_length = 3, .grid = table_sessions},
    {.name = "curfewOrderEntry", .behind = {1, PART_ORDERS, 1}, .behind_length = 3, .grid = orders_here, .set = true},
    {.name = "curfewOrderLogEntry", .behind = {1, PART_ORDER_LOG, 1}, .behind_length = 3, .grid = order_log_here},
    {.name = "curfewLastActEntry", .behind = {1, PART_LAST_ACTS, 1}, .behind_length = 3, .grid = last_acts_here},
    {.name = "curfewHostActEntry", .behind = {1, PART_HOST_ACTS, 1}, .behind_length = 3, .grid = host_acts_here},
    {.name = "curfewNotify", .behind = {1, PART_NOTIFY}, .behind_length = 2, .grid = notify_grid},
};

static int serve(netsnmp_mib_handler *handler, netsnmp_handler_registration *registration,
                 netsnmp_agent_request_info *info, netsnmp_request_info *requests)
{
	const struct subtree *subtree = registration->my_reg_void;
	struct grid grid = subtree->grid(served->table);

	(void)handler;
	if (subtree->set && info->mode != MODE_GET && info->mode != MODE_GETNEXT) {
		agentx_orders_set(served, info, requests, subtree->length);
		return SNMP_ERR_NOERROR;
	}
	for (netsnmp_request_info *request = requests; request != NULL; request = request->next) {
		if (request->processed)
			continue;
		serve_request(&grid, subtree->root, subtree->length, info, request);
	}
	return SNMP_ERR_NOERROR;
}

/* The library's messages become ours, without its line ends; one that comes again and again (no
   master agent, every two seconds) is said once. */
static int library_log(int major, int minor, void *message, void *nothing)
{
	static char last[256];
	const struct snmp_log_message *log = message;
	char text[sizeof last];

	(void)major;
	(void)minor;
	(void)nothing;
	heard = true;
	snprintf(text, sizeof text, "%.*s", (int)strcspn(log->msg, "\n"), log->msg);
	if (strstr(text, "registering pdu failed") != NULL)
		refused = true;
	if (text[0] == '\0' || strcmp(text, last) == 0)
		return 0;
	memcpy(last, text, sizeof last);
	if (strstr(text, "registering pdu failed") != NULL)
		log_line(LOG_LEVEL_ERROR,
		         "the SNMP daemon refuses our OID: another subagent serves it (%s); tried again until it ends",
		         text);
	else
		log_line(log->priority <= LOG_ERR ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO, "net-snmp: %s", text);
	return 0;
}

/* net-snmp 5.9.5 turned pri_max around: it was the most severe line that is passed on, and is the least severe.  So an
   empty line, which library_log() drops, shows which it is. */
static void hear_library(void)
{
	netsnmp_log_handler *handler = netsnmp_register_loghandler(NETSNMP_LOGHANDLER_CALLBACK, LOG_DEBUG);

	/* NULL, because snmp_shutdown() would free() it. */
	snmp_register_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, library_log, NULL);
	heard = false;
	snmp_log(LOG_INFO, "\n");
	if (!heard && handler != NULL)
		handler->pri_max = LOG_DEBUG;
}

static void subtree_place(struct subtree *subtree, const struct base_oid *base)
{
	memcpy(subtree->root, base->ids, base->length * sizeof *base->ids);
	memcpy(subtree->root + base->length, subtree->behind, subtree->behind_length * sizeof *subtree->behind);
	subtree->length = base->length + subtree->behind_length;
}

static int subtree_register(struct subtree *subtree, struct error *error)
{
	netsnmp_handler_registration *registration =
	    netsnmp_create_handler_registration(subtree->name, serve, subtree->root, subtree->length,
	                                        subtree->set ? HANDLER_CAN_RWRITE : HANDLER_CAN_RONLY);

	if (registration != NULL) {
		registration->my_reg_void = subtree;
		registration->priority = served->beside_module ? PRIORITY_BESIDE : DEFAULT_MIB_PRIORITY;
	}
	if (registration == NULL || netsnmp_register_handler(registration) != MIB_REGISTERED_OK)
		return error_set(error, ERROR_SYSTEM, STEP_OPEN, "net-snmp does not register %s", subtree->name);
	subtree->registration = registration;
	return 0;
}

/* Registers anew what snmpd has refused: the other subagent may have ended.  Each call waits for snmpd's answer. */
static void register_again(void)
{
	struct error error = {0};

	refused = false;
	for (size_t i = 0; i < sizeof subtrees / sizeof *subtrees; i++) {
		if (subtrees[i].registration != NULL)
			netsnmp_unregister_handler(subtrees[i].registration);
		subtrees[i].registration = NULL;
	}
	/* snmpd may say that it does not know what it had refused. */
	refused = false;
	for (size_t i = 0; i < sizeof subtrees / sizeof *subtrees; i++)
		if (subtree_register(&subtrees[i], &error) < 0)
			refused = true;
	if (served->this_machine != NULL && agentx_host_resources(served, &error) < 0)
		refused = true;
	retry = deadline_in(RETRY_INTERVAL);
	if (!refused)
		log_line(LOG_LEVEL_INFO, "the SNMP daemon takes our OID now");
}

/* GETs and GETNEXTs begin in the subtree that snmpd knows us for. */
static bool grid_of(const oid *name, size_t length, struct agentx_place *place, struct grid *grid)
{
	for (size_t i = 0; i < sizeof subtrees / sizeof *subtrees; i++) {
		const struct subtree *subtree = &subtrees[i];

		if (length < subtree->length ||
		    snmp_oid_compare(name, subtree->length, subtree->root, subtree->length) != 0)
			continue;
		*place = (struct agentx_place){subtree->root, subtree->length};
		*grid = subtree->grid(served->table);
		return true;
	}
	return false;
}

/* A new connection to snmpd.  net-snmp waits for each answer, by default for six seconds, as it still does for the
   first one of a connection. */
static int connected(int major, int minor, void *session, void *nothing)
{
	netsnmp_session *master = session;

	(void)major;
	(void)minor;
	(void)nothing;
	if (master != NULL) {
		uptime_learn(&served->table->block.showing.uptime, (uint32_t)netsnmp_get_agent_uptime(),
		             clock_monotonic());
		master->timeout = ANSWER_TIME * 1000000L;
		master->retries = 0;
		agentx_fast_begin(master, grid_of);
	}
	return 0;
}

/* net-snmp is at work, and may wait for snmpd. */
static volatile sig_atomic_t at_work;

/* A stop that waits (agent/curfew-agent.c reads it from a signalfd) is more than any answer of snmpd. */
static void on_alarm(int signal)
{
	sigset_t pending;

	(void)signal;
	if (at_work && sigpending(&pending) == 0 &&
	    (sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1))
		_exit(EXIT_SUCCESS);
}

/* net-snmp connects and waits for answers without a time limit of ours: behind an snmpd that hangs, connect() never
   returns.  A timer interrupts what blocks, every second. */
static void interrupt_each_second(void)
{
	const struct sigaction action = {.sa_handler = on_alarm}; /* no SA_RESTART */
	const struct itimerval every = {.it_interval = {.tv_sec = 1}, .it_value = {.tv_sec = 1}};

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
}

/* The order matters: init_agent() sets the ping interval to 15 s whatever it was before, and what
   the library reads and writes on disk has to be switched off before it begins. */
int agentx_start(const char *socket, const struct base_oid *base, const struct agentx_source *source,
                 struct error *error)
{
	served = source;
	snmp_disable_log();
	hear_library();
	snmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_START, connected, NULL);
	agentx_trap_begin(base);
	netsnmp_enable_subagent();
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_ALARM_DONT_USE_SIG, 1);
	setenv("MIBS", "", 1);
	setenv("MIBDIRS", "/dev/null", 1);
	if (socket != NULL)
		netsnmp_ds_set_string(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_X_SOCKET, socket);
	if (init_agent(program) != 0)
		return error_set(error, ERROR_SYSTEM, STEP_OPEN, "net-snmp's agent library does not start");
	netsnmp_ds_set_int(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_AGENTX_PING_INTERVAL, PING_INTERVAL);
	for (size_t i = 0; i < sizeof subtrees / sizeof *subtrees; i++) {
		subtree_place(&subtrees[i], base);
		if (subtree_register(&subtrees[i], error) < 0)
			return -1;
	}
	if (source->this_machine != NULL && agentx_host_resources(source, error) < 0)
		return -1;
	register_sysORTable((oid *)base->ids, base->length, "CURFEW-MIB: terminal sessions");
	interrupt_each_second();
	init_snmp(program);
	return 0;
}

static int64_t milliseconds(const struct timeval *time)
{
	return (int64_t)time->tv_sec * 1000 + (time->tv_usec + 999) / 1000;
}

unsigned agentx_wait(const int *fds, size_t count, int64_t timeout)
{
	struct timeval wait = {.tv_sec = timeout / 1000, .tv_usec = timeout % 1000 * 1000}, alarm = wait;
	netsnmp_large_fd_set set;
	int highest = 0, forever = 0, ready;
	unsigned readable = 0;

	netsnmp_large_fd_set_init(&set, FD_SETSIZE);
	snmp_select_info2(&highest, &set, &alarm, &forever);
	if (!forever && milliseconds(&alarm) < timeout)
		wait = alarm;
	for (size_t i = 0; i < count; i++) {
		if (fds[i] < 0)
			continue;
		netsnmp_large_fd_setfd(fds[i], &set);
		if (fds[i] >= highest)
			highest = fds[i] + 1;
	}
	ready = netsnmp_large_fd_set_select(highest, &set, NULL, NULL, &wait);
	for (size_t i = 0; ready > 0 && i < count; i++) {
		if (fds[i] < 0 || !netsnmp_large_fd_is_set(fds[i], &set))
			continue;
		readable |= 1u << i;
		netsnmp_large_fd_clr(fds[i], &set);
	}
	at_work = 1;
	if (ready > 0)
		snmp_read2(&set);
	else if (ready == 0)
		snmp_timeout();
	run_alarms();
	netsnmp_check_outstanding_agent_requests();
	netsnmp_large_fd_set_cleanup(&set);
	if (refused && deadline_passed(&retry))
		register_again();
	at_work = 0;
	return readable;
}

void agentx_stop(void)
{
	at_work = 1;
	snmp_shutdown(program);
	at_work = 0;
}
