/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Windows and Samba answer with, as errors that a person can act on.  Pure. */
#ifndef CURFEW_PROVIDERS_TSTS_STATUS_H
#define CURFEW_PROVIDERS_TSTS_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/error.h"

/* A login or a call that failed with this NTSTATUS.  Returns -1 like error_set(). */
int status_error(struct error *error, uint32_t status, enum step step, const char *host);

/* A call that the session system refused with this HRESULT; what: "log off session 3". */
int hresult_error(struct error *error, uint32_t hresult, enum step step, const char *host, const char *what);

/* The host answered, but what it listed shows that the account may not see the sessions. */
int rights_error(struct error *error, const char *host);

#endif
