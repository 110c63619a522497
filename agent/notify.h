/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a service manager is told (sd_notify(3), sd_watchdog_enabled(3)): nothing
 * unless it asked by $NOTIFY_SOCKET, or where the agent was built without libsystemd.
 */
#ifndef CURFEW_NOTIFY_H
#define CURFEW_NOTIFY_H

void notify_ready(void);
void notify_stopping(void);
/* The loop goes round.  Call it at least once a second; it sends no more than the watchdog needs. */
void notify_alive(void);

#endif
