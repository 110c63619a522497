/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The last error that a module sets.  It calls WinPR's SetLastError(); a program's
 * own function of that name goes before a library's, so that we hear of it without
 * being linked with WinPR, and whether the module is or not.
 */
#include "providers/wts/module_run.h"

static _Thread_local DWORD last_error;

/* The names are WinPR's.  Exported: see wts.mk. */
VOID SetLastError(DWORD code)
{
	last_error = code;
}

DWORD GetLastError(void)
{
	return last_error;
}
