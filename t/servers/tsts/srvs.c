/* SPDX-License-Identifier: GPL-3.0-or-later */
/* srvsvc: of the server service only the clock (MS-SRVS 3.1.4.21). */
#include <stdint.h>
#include <time.h>

#include "t/servers/tsts/calls.h"
#include "t/servers/tsts/host.h"
#include "t/servers/tsts/stub.h"

/* The time zone makes no difference: all of it is UTC. */
enum { WEST_OF_GREENWICH = -60, TICK = 310 };

static uint32_t remote_tod(struct caller *caller, struct reader *in, struct buffer *out)
{
	int64_t now = host_clock(caller->host);
	time_t seconds = now / 1000;
	struct tm day;

	(void)in; /* the name that the client calls us by */
	gmtime_r(&seconds, &day);
	put_u32(out, 0x00020000);
	put_u32(out, (uint32_t)seconds);
	put_u32(out, (uint32_t)now); /* since the start, so to say */
	put_u32(out, (uint32_t)day.tm_hour);
	put_u32(out, (uint32_t)day.tm_min);
	put_u32(out, (uint32_t)day.tm_sec);
	put_u32(out, (uint32_t)(now % 1000 / 10));
	put_u32(out, (uint32_t)WEST_OF_GREENWICH);
	put_u32(out, TICK);
	put_u32(out, (uint32_t)day.tm_mday);
	put_u32(out, (uint32_t)day.tm_mon + 1);
	put_u32(out, (uint32_t)day.tm_year + 1900);
	put_u32(out, (uint32_t)day.tm_wday);
	put_u32(out, 0);
	return 0;
}

const struct call clock_calls[] = {
    {.name = "RemoteTOD", .opnum = 28, .function = remote_tod},
    {.name = NULL},
};
