/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the URL of a target, and finds the provider that its scheme names. */
#ifndef CURFEW_TARGET_PARSE_H
#define CURFEW_TARGET_PARSE_H

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/target/target.h"

/* providers ends in NULL, and outlives the target.  Control characters, a password, an unknown scheme and an empty URL
 * are ERROR_USAGE; the hint lists the schemes.  If label is "", it is derived from the URL: the part behind '#', else
 * host and path of a "scheme://" URL, else the file's name. */
int target_parse(struct target *target, const struct provider *const providers[], const char *url, const char *label,
                 struct arena *arena, struct error *error);

/* The same for every name and every spelling of one URL; in the arena. */
const char *target_key(const struct target *target, struct arena *arena);

#endif
