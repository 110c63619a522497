/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The functions of the table that do something.  Each sets the last error where it returns FALSE. */
#ifndef CURFEW_WTSAPI_CALLS_H
#define CURFEW_WTSAPI_CALLS_H

#include <stdbool.h>
#include <winpr/wtsapi.h>

/* enumerate.c.  The W structures are laid out as the A ones; the texts differ. */
BOOL enumerate(HANDLE handle, DWORD reserved, DWORD version, WTS_SESSION_INFOA **sessions, DWORD *count, bool wide);
BOOL enumerate_ex(HANDLE handle, DWORD *level, DWORD filter, WTS_SESSION_INFO_1A **sessions, DWORD *count, bool wide);

/* query.c */
BOOL query(HANDLE handle, DWORD number, WTS_INFO_CLASS class, void **buffer, DWORD *size, bool wide);

/* act.c: text is UTF-8. */
BOOL act_disconnect(HANDLE handle, DWORD number);
BOOL act_logoff(HANDLE handle, DWORD number);
BOOL act_message(HANDLE handle, DWORD number, const char *title, const char *text, DWORD timeout, DWORD *response,
                 bool wait);

#endif
