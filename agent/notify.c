/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/notify.h"

#ifdef HAVE_SYSTEMD

#include <stdint.h>
#include <systemd/sd-daemon.h>

#include "lib/base/clock.h"

/* So many times within the watchdog's time. */
enum { PER_WATCHDOG = 3 };

static struct deadline next;
static uint64_t watchdog; /* microseconds; 0: there is none */

/* If this fails, the service manager ends a service that it waits for, and logs that. */
void notify_ready(void)
{
	if (sd_watchdog_enabled(0, &watchdog) <= 0)
		watchdog = 0;
	(void)sd_notify(0, "READY=1");
}

void notify_stopping(void)
{
	(void)sd_notify(0, "STOPPING=1");
}

void notify_alive(void)
{
	if (watchdog == 0 || !deadline_passed(&next))
		return;
	next = deadline_in((int64_t)(watchdog / 1000 / PER_WATCHDOG));
	(void)sd_notify(0, "WATCHDOG=1");
}

#else

void notify_ready(void)
{
}

void notify_stopping(void)
{
}

void notify_alive(void)
{
}

#endif
