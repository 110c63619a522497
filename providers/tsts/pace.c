/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/tsts/pace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHARE_ALONE = 50, SHARE_OF_MANY = 8 }; /* ms; a part of the time left */

struct pace pace_begin(int64_t now, int64_t time_left, int64_t latency, bool one_of_many)
{
	const int64_t part = time_left / SHARE_OF_MANY;

	return (struct pace){
	    .begun = now,
	    .share = one_of_many || part < SHARE_ALONE ? part : SHARE_ALONE,
	    .latency = latency > 0 ? latency : 1,
	};
}

size_t pace_window(const struct pace *pace, size_t left, int64_t now)
{
	const int64_t share_left = pace->begun + pace->share - now;

	return share_left > 0 && (int64_t)left <= share_left / pace->latency ? 1 : PACE_MOST;
}
