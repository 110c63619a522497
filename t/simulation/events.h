/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CURFEW_SIMULATION_EVENTS_H
#define CURFEW_SIMULATION_EVENTS_H

void events_clear(void);

#endif
