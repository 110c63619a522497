/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/servers/tsts/calls.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "t/servers/tsts/control.h"

const struct interface interfaces[] = {
    {"TermSrvSession", "484809d6-4239-471b-b5bc-61df8c23ac48", 1, "lsm_api_service", false, session_calls},
    {"TermSrvEnumeration", "88143fd0-c28d-4b2b-8fef-8d882f6a9390", 1, "lsm_api_service", false, enumeration_calls},
    {"RCMPublic", "bde95fdf-eee0-45de-9e12-e5a61cd0d4fe", 1, "termsrv_api_service", false, listener_calls},
    {"LegacyApi", "5ca4a760-ebb1-11cf-8611-00a0245420ed", 1, "ctx_winstation_api_service", false, legacy_calls},
    {"srvsvc", "4b324fc8-1670-01d3-1278-5a47bf6ee188", 3, "srvsvc", true, clock_calls},
    {.name = NULL},
};

/* One write per line: each connection has a process of its own. */
static void journal(const char *path, const struct caller *caller, const char *call, const struct reader *in)
{
	int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);

	if (file < 0)
		return;
	dprintf(file, "%s user=%s host=%s at=%s bytes=%zu\n", call, caller->user, host_name(caller->host),
	        caller->address, in->size);
	close(file);
}

const struct call *call_find(const struct interface *interface, unsigned opnum)
{
	for (const struct call *call = interface->calls; call->name != NULL; call++)
		if (call->opnum == opnum)
			return call;
	return NULL;
}

uint32_t call_answer(const struct settings *settings, const struct call *call, struct caller *caller, struct reader *in,
                     struct buffer *out)
{
	uint32_t fault;

	journal(settings->journal, caller, call->name, in);
	caller->rights = control_rights(settings->control, caller->user);
	fault = call->function(caller, in, out);
	if (fault == 0 && in->short_of)
		fault = FAULT_BAD_STUB;
	if (fault == 0)
		fault = control_break(settings->control, call->name, out);
	arena_free(&caller->arena);
	return fault;
}
