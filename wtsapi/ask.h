/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sends one request to the broker, and returns its reply.  Each request has a process of its own (curfew-wtsapi-broker
 * in libexecdir): between two calls the host process holds no descriptor, no child and no state that fork() could make
 * inconsistent.  posix_spawn() runs none of our code in a copy of the host.  The broker runs as a grandchild, so the
 * caller need not reap it, and cannot kill another process by its number.  It ends when our end of the socket is
 * closed.
 */
#ifndef CURFEW_WTSAPI_ASK_H
#define CURFEW_WTSAPI_ASK_H

#include <stdint.h>
#include <winpr/wtsapi.h>

#include "wtsapi/message.h"

/* Begins a request with the keys that every request has. */
void request_begin(struct message *request, const char *op, const char *target);

/* Sends the request and waits at most this many ms for the whole reply.  0 and a reply to be freed, or an error code
 * for the caller.  The request is freed in every case. */
DWORD ask(struct message *request, int64_t patience, struct message *reply);

#endif
