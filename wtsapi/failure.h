/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The calling thread's last error.  WinPR holds it, and the module is not linked with WinPR: SetLastError() is looked
 * up in the library that called InitWtsApi(), else in the whole process.
 */
#ifndef CURFEW_WTSAPI_FAILURE_H
#define CURFEW_WTSAPI_FAILURE_H

#include <winpr/wtsapi.h>

/* caller: an address inside the library whose last error is set. */
void failure_prepare(const void *caller);

/* Sets the error and returns FALSE, so that callers can write "return failure(...)". */
BOOL failure(DWORD code);

#endif
