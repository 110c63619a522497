/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/session/filetime.h"

#define FILETIME_1900 UINT64_C(94354848000000000)
#define FILETIME_1970 UINT64_C(116444736000000000)
#define FILETIME_9999 UINT64_C(2650467744000000000)

struct moment filetime_moment(uint64_t filetime)
{
	struct moment unknown = {.is = MOMENT_UNKNOWN};

	if (filetime < FILETIME_1900 || filetime >= FILETIME_9999)
		return unknown;
	return moment_at(((int64_t)filetime - (int64_t)FILETIME_1970) / 10000);
}
