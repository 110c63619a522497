/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Status codes of Windows and Samba as errors with advice. Pure. */
#ifndef CURFEW_PROVIDERS_TSTS_STATUS_H
#define CURFEW_PROVIDERS_TSTS_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"

/* An NTSTATUS (MS-ERREF 2.3.1) with its message and advice. */
struct status_row {
	uint32_t status; /* 0: the end of the table */
	enum error_code code;
	const char *text;
	const char *hint; /* may be NULL */
};
extern const struct status_row status_table[];

/* What may be missing on the listener RDP-Tcp (Remote Desktop Services Permissions). */
enum right { RIGHT_QUERY, RIGHT_DISCONNECT, RIGHT_LOGOFF, RIGHT_MESSAGE };

/* A login or a call that failed with this NTSTATUS.  Returns -1 like error_set(). */
int status_error(struct error *error, uint32_t status, enum step step, const char *host);

/* A call that failed with this HRESULT; what: "log off session 3", right: the right that it needs. */
int hresult_error(struct error *error, uint32_t hresult, enum step step, const char *host, const char *what,
                  enum right right);

/* The host's list shows that the account may not see all sessions. */
int rights_error(struct error *error, const char *host);

#endif
