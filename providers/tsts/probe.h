/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Resolves a name and tests whether the port accepts connections. Samba's library returns "no memory" for a refused
 * connection and "not found" for a name that does not resolve. The probe also picks the address that is used.
 */
#ifndef CURFEW_PROVIDERS_TSTS_PROBE_H
#define CURFEW_PROVIDERS_TSTS_PROBE_H

#include <netinet/in.h>

#include "lib/base/error.h"
#include "providers/tsts/samba.h"

struct probe;

struct probe_result {
	enum step step; /* what was being done: STEP_RESOLVE or STEP_CONNECT */
	char address[INET6_ADDRSTRLEN];
	struct error error; /* ERROR_NONE: address listens */
};

/* resolved is called once there are addresses, done if there are none; neither before probe_start() has returned.
   Freeing the probe ends it at any time.  NULL: no thread or descriptor could be had. */
struct probe *probe_start(TALLOC_CTX *memory, struct tevent_context *events, const char *host, unsigned port,
                          void (*resolved)(void *context), void (*done)(void *context), void *context);
/* Once it is resolved: tries the addresses, and calls done. */
void probe_connect(struct probe *probe);
/* The address, if there is but one; else NULL. */
const char *probe_one_address(struct probe *probe);
const struct probe_result *probe_result(const struct probe *probe);

#endif
