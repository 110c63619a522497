/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exclusions that match no user: they may be spelled wrongly.  Pure. */
#ifndef CURFEW_EXCLUSIONS_H
#define CURFEW_EXCLUSIONS_H

#include <stddef.h>

#include "lib/base/arena.h"
#include "lib/target/provider.h"

/* The next of these globs, from *position on, that certainly matches no user in the lists.  NULL: there is none, or
 * a list is missing or not complete. */
const char *exclusion_in_vain(const struct string_list *globs, const struct visit *visits, size_t count,
                              size_t *position);

#endif
