/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CURFEW_FILETIME_H
#define CURFEW_FILETIME_H

#include <stdint.h>

#include "lib/session/session.h"

/* Converts a FILETIME, 100 ns since 1601 (MS-DTYP 2.3.3).  0, and any time before 1900 or from 9999 on, is no time:
 * Windows and compatible systems use such values for "not set". */
struct moment filetime_moment(uint64_t filetime);

#endif
