/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * No line of JSON is ever half there: in our programs an allocation of jansson that fails ends the program,
 * as one of ours does.  Not for the WTS module, which is a guest in its program.
 */
#ifndef CURFEW_MEMORY_H
#define CURFEW_MEMORY_H

void memory_ends_program(void);

#endif
