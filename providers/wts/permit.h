/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which modules may be loaded at all. */
#ifndef CURFEW_PROVIDERS_WTS_PERMIT_H
#define CURFEW_PROVIDERS_WTS_PERMIT_H

#include "lib/base/arena.h"
#include "lib/base/error.h"

/* "/path/module.so#SERVER": both texts in the arena; server NULL without a '#'. */
int address_split(const char *address, const char **path, const char **server, struct arena *arena,
                  struct error *error);

/* The path to load.  With euid 0 the module must belong to root, as must every folder above it, and be
   named by a [target] of the installed configuration: a line that sudo lets pass names none. */
int module_permitted(const char *path, const char **load, struct arena *arena, struct error *error);

#endif
