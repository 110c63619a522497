/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sysUpTime of the SNMP daemon, for TimeStamps (RFC 2579): what it was at a moment of ours.  The daemon says it
 * (res.sysUpTime of AgentX, RFC 2741 6.2.16); all else is arithmetic.
 */
#ifndef CURFEW_UPTIME_H
#define CURFEW_UPTIME_H

#include <stdbool.h>
#include <stdint.h>

struct uptime {
	bool known;
	int64_t zero; /* when it was 0, on the monotonic clock (ms) */
};

/* It is so many hundredths of a second now.  An answer that is nearly what is known already changes nothing, so that a
   TimeStamp keeps its value as long as the daemon runs. */
void uptime_learn(struct uptime *uptime, uint32_t hundredths, int64_t now);

/* The TimeStamp of a moment on the monotonic clock; 0 if it was before the daemon's start. */
uint32_t uptime_at(const struct uptime *uptime, int64_t moment);

#endif
