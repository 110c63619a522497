/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One question to the broker, and its answer.
 *
 * Each question is a process of its own (curfew-wtsapi-broker in libexecdir):
 * between two calls the host process holds no descriptor, no child and no state
 * that fork() could tear apart.  posix_spawn() runs nothing of ours in a copy of
 * the host, and the broker goes on as a grandchild, so that the caller need not wait
 * for it or could kill a stranger by its number.  It ends when our end of the
 * socket is closed.
 */
#ifndef CURFEW_WTSAPI_ASK_H
#define CURFEW_WTSAPI_ASK_H

#include <stdbool.h>
#include <stdint.h>
#include <winpr/wtsapi.h>

#include "wtsapi/message.h"

/* A process that has, or may have, more rights than whoever set its environment. */
bool host_privileged(void);

/* Begins a request: what every one of them says. */
void request_begin(struct message *request, const char *op, const char *target);

/* Sends the request and waits so many ms for the whole reply.  0 and a reply to be freed, or an error
   code for the caller; the request is freed in every case. */
DWORD ask(struct message *request, int64_t patience, struct message *reply);

#endif
