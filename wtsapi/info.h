/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The structures with texts in fields of a fixed length.  An unknown time, and one that never was, is 0; so is every
 * value that the system does not report.
 */
#ifndef CURFEW_WTSAPI_INFO_H
#define CURFEW_WTSAPI_INFO_H

#include "wtsapi/list.h"

/* now: the host's clock, FILETIME. */
void info_narrow(WTSINFOA *info, const struct row *row, LONGLONG now);
void info_wide(WTSINFOW *info, const struct row *row, LONGLONG now);
void info_ex_narrow(WTSINFOEXA *info, const struct row *row, LONGLONG now);
void info_ex_wide(WTSINFOEXW *info, const struct row *row, LONGLONG now);
void client_narrow(WTSCLIENTA *client, const struct row *row);
void client_wide(WTSCLIENTW *client, const struct row *row);

#endif
