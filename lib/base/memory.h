/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Makes jansson end the program when an allocation fails, as our own allocations do: no line of JSON is ever
 * incomplete.  Not for the WTS module, which runs inside other programs.
 */
#ifndef CURFEW_MEMORY_H
#define CURFEW_MEMORY_H

void memory_ends_program(void);

#endif
