/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Failures of a WS-Man service: SOAP faults with Microsoft's WSManFault (MS-WSMV 2.2.4.43), with an MSFT_WmiError, or
 * with neither; and HTTP statuses without a fault. Pure.
 */
#ifndef CURFEW_PROVIDERS_WSMAN_FAULT_H
#define CURFEW_PROVIDERS_WSMAN_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "providers/http/http.h"
#include "providers/wsman/envelope.h"

/* Codes that other files use (wsmerror.h). */
#define WSMAN_INVALID_SELECTORS        UINT32_C(2150858843) /* no such shell; also: it is disconnected already */
#define WSMAN_CLASS_MISSING            UINT32_C(2150858778) /* no such class in the namespace */
#define WSMAN_SHELL_DISCONNECTED       UINT32_C(2150859204)
#define WSMAN_DISCONNECT_NOT_SUPPORTED UINT32_C(2150859205)
#define WSMAN_DISCONNECT_NOT_GRACEFUL  UINT32_C(2150859214) /* it is disconnected all the same */

struct wsman_fault {
	const char *code;    /* of the SOAP code, without prefix: "Sender", "Receiver"; "" if it has none */
	const char *subcode; /* likewise: "InvalidSelectors", "TimedOut", "QuotaLimit" … */
	const char *text;    /* what the host says about it, one line, cleaned; may be "" */
	bool numbered;       /* number is known: */
	uint32_t number;     /* the WSManFault's Code, or the HRESULT of an MSFT_WmiError */
};

/* Is the answer a fault?  Texts are in the arena. */
bool fault_read(struct wsman_fault *fault, const struct answer *answer, struct arena *arena);

/* The fault as an error of the house; its native code is the fault's number.  Returns -1 like error_set(). */
int fault_error(struct error *error, const struct wsman_fault *fault, enum step step, const char *host);

/* An answer that is no SOAP, by its HTTP status.  access says how we logged in.  Returns -1 like error_set(). */
int status_error(struct error *error, const struct http_response *response, const struct http_access *access,
                 enum step step, const char *host);

#endif
