/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The functions of the table that do something.  Each returns FALSE after setting the last error. */
#ifndef CURFEW_WTSAPI_CALLS_H
#define CURFEW_WTSAPI_CALLS_H

#include <stdbool.h>
#include <winpr/wtsapi.h>

/* enumerate.c.  W structures have the layout of the A ones; only the texts differ. */
BOOL enumerate(HANDLE handle, DWORD reserved, DWORD version, WTS_SESSION_INFOA **sessions, DWORD *count, bool wide);
BOOL enumerate_ex(HANDLE handle, DWORD *level, DWORD filter, WTS_SESSION_INFO_1A **sessions, DWORD *count, bool wide);

/* query.c */
BOOL query(HANDLE handle, DWORD number, WTS_INFO_CLASS class, void **buffer, DWORD *size, bool wide);

/* act.c.  The text is UTF-8. */
BOOL act_disconnect(HANDLE handle, DWORD number);
BOOL act_logoff(HANDLE handle, DWORD number);
BOOL act_message(HANDLE handle, DWORD number, const char *title, const char *text, DWORD timeout, DWORD *response,
                 bool wait);

#endif
