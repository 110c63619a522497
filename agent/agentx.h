/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The AgentX side (RFC 2741), through net-snmp's agent library.  The only file
 * that includes net-snmp is agentx.c.  Everything runs in the thread that calls
 * agentx_wait(), and answers come from memory.
 */
#ifndef CURFEW_AGENTX_H
#define CURFEW_AGENTX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/acts.h"
#include "agent/order_request.h"
#include "agent/orders.h"
#include "agent/table.h"
#include "agent/trap.h"
#include "agent/trap_queue.h"
#include "lib/base/error.h"

enum { OID_LENGTH_MAX = 64, AGENTX_WAIT_MAX = 8 };

struct base_oid {
	unsigned long ids[OID_LENGTH_MAX];
	size_t length;
};
/* "1.3.6.1.4.1.32473.1", with or without a dot in front; at least three sub-ids, the first is 1. */
int base_oid_parse(struct base_oid *base, const char *text, struct error *error);

/* What is served; the caller changes it between two calls of agentx_wait(). */
struct agentx_source {
	struct table *table; /* learns sysUpTime (agent/uptime.h) at each connection */
	bool beside_module;  /* from the start: the module for snmpd is asked first, if it is there */
	const struct trap_queue *traps;
	struct acts *acts;     /* NULL: no audit is followed */
	struct orders *orders; /* a SET adds to it */
	const struct order_rule *order_rule;
	const char *this_machine; /* the label of the target whose sessions are hrSystemNumUsers; NULL: not served */
};

/* Connects, or keeps trying if no master agent is there.  socket NULL: the library's default.
   Once per process; source and base must live on. */
int agentx_start(const char *socket, const struct base_oid *base, const struct agentx_source *source,
                 struct error *error);

/* Serves until one of the descriptors can be read or the time (ms) has passed.  Returns a bit for each that can be
 * read: 1 << its index.  Negative descriptors are ignored. */
unsigned agentx_wait(const int *fds, size_t count, int64_t timeout);

/* Sends a notification.  false: there is no snmpd at present. */
bool agentx_trap_send(const struct trap *trap);

void agentx_stop(void);

#endif
