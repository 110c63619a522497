/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Win32_SessionDirectorySessionEx: not documented. Its properties are those that Microsoft's Get-RDUserSession reads;
 * sources are in doc/design/rds.md. Unverified against a real broker. SessionState is numbered as in WTS (4:
 * disconnected). IdleTime is in milliseconds. HostServer is the DNS name of the session's host; UnifiedSessionId is
 * the id that Disconnect-RDUser passes to that host.
 */
#include <inttypes.h>
#include <stddef.h>

#include "lib/base/arena.h"
#include "lib/session/session.h"
#include "providers/rds/decode.h"
#include "providers/rds/instance.h"

void listed_read_extended(struct listed *listed, const struct xml_element *instance, struct arena *arena)
{
	const char *host = host_name(instance_text(instance, "HostServer"), arena);
	uint32_t number;

	if (host != NULL)
		listed->host = host;
	if (instance_number(instance, "UnifiedSessionId", &number) == 0)
		listed->id = number;
	listed->alias = instance_clean(instance, "CollectionAlias", arena);
	listed->idle_known = instance_span(instance, "IdleTime", &listed->idle) == 0;
	if (instance_number(instance, "SessionState", &number) < 0)
		return;
	if (number <= STATE_INIT)
		listed->state = (enum session_state)number;
	else
		listed->state_text = arena_printf(arena, "state %" PRIu32, number);
}
