/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The calling thread's last error.  It lives in WinPR, which the module is not
 * linked with: SetLastError() is looked up in the library that called
 * InitWtsApi(), and else in the whole process.
 */
#ifndef CURFEW_WTSAPI_FAILURE_H
#define CURFEW_WTSAPI_FAILURE_H

#include <winpr/wtsapi.h>

/* caller: an address inside the library that will be asked for the last error. */
void failure_prepare(const void *caller);

/* Sets it and returns FALSE, so that "return failure(...)" reads well. */
BOOL failure(DWORD code);

#endif
