/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How many calls of a list are in progress at once. A call alone on its pipe is one SMB request and its reply
 * (FSCTL_PIPE_TRANSCEIVE); libdcerpc sends a write and a read for each of several. So calls go one after the other
 * while that takes no longer than a share of the time, and PACE_MOST at once otherwise. Pure.
 */
#ifndef CURFEW_PROVIDERS_TSTS_PACE_H
#define CURFEW_PROVIDERS_TSTS_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PACE_MOST = 64 };

/* Times in ms. */
struct pace {
	int64_t begun;   /* monotonic, when the first call was sent */
	int64_t share;   /* of the time, for all calls one after the other */
	int64_t latency; /* of one call */
};

/* A host alone is answered for as soon as possible; of many hosts others are served meanwhile. */
struct pace pace_begin(int64_t now, int64_t time_left, int64_t latency, bool one_of_many);

/* left: calls that are not answered yet. */
size_t pace_window(const struct pace *pace, size_t left, int64_t now);

#endif
