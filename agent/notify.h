/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Messages to a service manager (sd_notify(3), sd_watchdog_enabled(3)).  Nothing is sent without $NOTIFY_SOCKET, or if
 * the agent was built without libsystemd.
 */
#ifndef CURFEW_NOTIFY_H
#define CURFEW_NOTIFY_H

void notify_ready(void);
void notify_stopping(void);
/* The main loop runs.  Call it at least once a second; it sends only as often as the watchdog needs. */
void notify_alive(void);

#endif
