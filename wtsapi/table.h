/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table that WinPR asks for. */
#ifndef CURFEW_WTSAPI_TABLE_H
#define CURFEW_WTSAPI_TABLE_H

#include <winpr/version.h>
#include <winpr/wtsapi.h>

/* unsupported.c: every slot that table.c does not fill. */
void unsupported_fill(WtsApiFunctionTable *table);

/* The one name that the module exports, as INIT_WTSAPI_FN of this WinPR. */
#if WINPR_VERSION_MAJOR >= 3
#define WTSAPI_TABLE const WtsApiFunctionTable
#else
#define WTSAPI_TABLE WtsApiFunctionTable
#endif
WTSAPI_TABLE *InitWtsApi(void) __attribute__((visibility("default")));

#endif
