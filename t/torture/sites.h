/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which places of a program call something: a place is the stack of calls that led to it.  For fault.c. */
#ifndef CURFEW_SITES_H
#define CURFEW_SITES_H

/* From now on places are remembered. */
void sites_begin(void);

/* A call of this kind: its number among those, and among all calls but allocations. */
void sites_count(int call, unsigned long number, unsigned long number_any);

/* Adds a line for each place to the file FAULT_SITES: the kind's name, and the numbers of the first call and the last.
 */
void sites_report(const char *const *names);

#endif
