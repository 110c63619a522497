/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The module for snmpd: serves the tables of CURFEW-MIB inside snmpd, from the
 * file that curfew-agent writes (--snapshot-file).
 *
 *   dlmod curfew /usr/lib/…/curfew/curfew-snmp.so
 *   curfewSnapshot /run/curfew/snapshot
 *   curfewBaseOid 1.3.6.1.4.1.8072.9999.9999.3389
 *
 * It is a guest: an answer is read from memory, checked cell by cell, and
 * neither allocates (but what net-snmp copies) nor waits.  Once a second an
 * alarm of snmpd's looks for a new file, and takes it a piece at a time.
 */
#include <net-snmp/net-snmp-config.h>
#include <syslog.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/agent/net-snmp-agent-includes.h>

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/time.h>

#include "agent/block.h"
#include "agent/grid.h"
#include "agent/serve.h"
#include "agent/snapshot_file.h"
#include "agent/uptime.h"
#include "lib/base/clock.h"

enum { LOOK_INTERVAL = 1, PIECE_INTERVAL = 1000, BASE_MAX = 50 }; /* s; us; sub-ids */

/* What snmpd looks for: "init_" and "deinit_" before the name that dlmod is given. */
__attribute__((visibility("default"))) void init_curfew(void);
__attribute__((visibility("default"))) void deinit_curfew(void);

struct subtree {
	const char *name;
	oid behind[3]; /* the base OID */
	size_t behind_length;
	enum block_name table;
	oid root[SERVE_OID_MAX];
	size_t length;
	netsnmp_handler_registration *registration;
};

static struct subtree subtrees[BLOCK_SERVED] = {
    {.name = "curfewScalars", .behind = {1, 1}, .behind_length = 2, .table = BLOCK_SCALARS},
    {.name = "curfewHostEntry", .behind = {1, 2, 1}, .behind_length = 3, .table = BLOCK_HOSTS},
    {.name = "curfewSessionEntry", .behind = {1, 3, 1}, .behind_length = 3, .table = BLOCK_SESSIONS},
};

static char path[PATH_MAX] = SNAPSHOT_FILE_DEFAULT;
static char base[512] = CURFEW_BASE_OID;
static struct snapshot_file file = {.path = path};
static struct uptime uptime;
static unsigned int alarm_number, piece_number; /* piece_number 0: the file is not taken just now */

static int serve(netsnmp_mib_handler *handler, netsnmp_handler_registration *registration,
                 netsnmp_agent_request_info *info, netsnmp_request_info *requests)
{
	const struct subtree *subtree = registration->my_reg_void;
	const struct grid grid = block_grid(&file.block, subtree->table);

	(void)handler;
	for (netsnmp_request_info *request = requests; request != NULL; request = request->next)
		if (!request->processed)
			serve_request(&grid, subtree->root, subtree->length, info, request);
	return SNMP_ERR_NOERROR;
}

static void take_piece(unsigned int alarm, void *nothing);

/* The next piece soon, and snmpd's requests before it. */
static void take(void)
{
	const struct timeval soon = {.tv_usec = PIECE_INTERVAL};
	const char *wrong = snapshot_file_look(&file);

	if (wrong != NULL)
		snmp_log(LOG_WARNING, "curfew: %s: %s\n", path, wrong);
	uptime_learn(&uptime, (uint32_t)netsnmp_get_agent_uptime(), clock_monotonic());
	file.block.showing.uptime = uptime;
	if (snapshot_file_busy(&file))
		piece_number = snmp_alarm_register_hr(soon, 0, take_piece, NULL);
}

static void take_piece(unsigned int alarm, void *nothing)
{
	(void)alarm;
	(void)nothing;
	piece_number = 0;
	take();
}

static void look(unsigned int alarm, void *nothing)
{
	(void)alarm;
	(void)nothing;
	if (piece_number == 0)
		take();
}

static void subtree_register(struct subtree *subtree, const oid *ids, size_t length)
{
	netsnmp_handler_registration *registration;

	memcpy(subtree->root, ids, length * sizeof *ids);
	memcpy(subtree->root + length, subtree->behind, subtree->behind_length * sizeof *ids);
	subtree->length = length + subtree->behind_length;
	registration = netsnmp_create_handler_registration(subtree->name, serve, subtree->root, subtree->length,
	                                                   HANDLER_CAN_RONLY);
	if (registration == NULL) {
		snmp_log(LOG_ERR, "curfew: no memory for %s\n", subtree->name);
		return;
	}
	registration->my_reg_void = subtree;
	if (netsnmp_register_handler(registration) == MIB_REGISTERED_OK)
		subtree->registration = registration;
	else
		snmp_log(LOG_ERR, "curfew: snmpd does not register %s\n", subtree->name);
}

/* The whole configuration was read: now the base OID is known. */
static int configured(int major, int minor, void *argument, void *nothing)
{
	oid ids[BASE_MAX];
	size_t length = BASE_MAX;

	(void)major;
	(void)minor;
	(void)argument;
	(void)nothing;
	if (alarm_number != 0)
		return SNMPERR_SUCCESS;
	if (!read_objid(base, ids, &length)) {
		snmp_log(LOG_ERR, "curfew: curfewBaseOid %s is no OID of numbers\n", base);
		return SNMPERR_SUCCESS;
	}
	for (size_t i = 0; i < BLOCK_SERVED; i++)
		subtree_register(&subtrees[i], ids, length);
	look(0, NULL);
	alarm_number = snmp_alarm_register(LOOK_INTERVAL, SA_REPEAT, look, NULL);
	return SNMPERR_SUCCESS;
}

static void text_take(const char *token, char *to, size_t size, const char *text)
{
	size_t length = strcspn(text, " \t\r\n");

	if (length == 0 || length >= size) {
		netsnmp_config_error("curfew: %s needs one value, shorter than %zu bytes", token, size);
		return;
	}
	memcpy(to, text, length);
	to[length] = '\0';
}

static void path_take(const char *token, char *text)
{
	text_take(token, path, sizeof path, text);
}

static void base_take(const char *token, char *text)
{
	text_take(token, base, sizeof base, text);
}

void init_curfew(void)
{
	register_config_handler("snmpd", "curfewSnapshot", path_take, NULL, "FILE");
	register_config_handler("snmpd", "curfewBaseOid", base_take, NULL, "OID");
	snmp_register_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_POST_READ_CONFIG, configured, NULL);
}

/* snmpd unloads its modules before it reads its configuration again. */
void deinit_curfew(void)
{
	snmp_unregister_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_POST_READ_CONFIG, configured, NULL, 0);
	unregister_config_handler("snmpd", "curfewSnapshot");
	unregister_config_handler("snmpd", "curfewBaseOid");
	if (alarm_number != 0)
		snmp_alarm_unregister(alarm_number);
	if (piece_number != 0)
		snmp_alarm_unregister(piece_number);
	alarm_number = piece_number = 0;
	for (size_t i = 0; i < BLOCK_SERVED; i++) {
		if (subtrees[i].registration != NULL)
			netsnmp_unregister_handler(subtrees[i].registration);
		subtrees[i].registration = NULL;
	}
	snapshot_file_drop(&file);
}
