/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CURFEW_FILETIME_H
#define CURFEW_FILETIME_H

#include <stdint.h>

#include "lib/session/session.h"

/* A FILETIME, 100 ns since 1601 (MS-DTYP 2.3.3).  0, all before 1900 and from 9999 on is no time: Windows, and modules
   that do as it does, mean "not set" by it. */
struct moment filetime_moment(uint64_t filetime);

#endif
