/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Win32_SessionDirectorySession: documented since Windows Server 2008 (TssdWmi.dll).  SessionState has a
 * numbering of its own: 0 active, 1 disconnected.  No collection, no idle time.  Unverified against a real broker.
 */
#include <inttypes.h>

#include "lib/base/arena.h"
#include "lib/session/session.h"
#include "providers/rds/decode.h"
#include "providers/rds/instance.h"

enum { BASE_ACTIVE = 0, BASE_DISCONNECTED = 1 };

void listed_read_base(struct listed *listed, const struct xml_element *instance, struct arena *arena)
{
	uint32_t number;

	if (instance_number(instance, "SessionState", &number) < 0)
		return;
	if (number == BASE_ACTIVE)
		listed->state = STATE_ACTIVE;
	else if (number == BASE_DISCONNECTED)
		listed->state = STATE_DISCONNECTED;
	else
		listed->state_text = arena_printf(arena, "state %" PRIu32, number);
}
