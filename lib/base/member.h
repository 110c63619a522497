/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A member of a structure as a table has it: MEMBER_OFFSET(struct session, const char *, user).  The type is the one
 * that the table's readers cast to; the compiler warns of a member of another type, since pointers to two types are
 * not compared.
 */
#ifndef CURFEW_MEMBER_H
#define CURFEW_MEMBER_H

#include <stddef.h>

#define MEMBER_OFFSET(structure, type, member)                                                                         \
	(offsetof(structure, member) + 0 * sizeof(&((structure *)NULL)->member == (type *)NULL))

#endif
