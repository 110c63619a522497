/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Network addresses as text. */
#ifndef CURFEW_ADDRESS_H
#define CURFEW_ADDRESS_H

#include "lib/base/arena.h"

/* A client's address as people write it: an IPv4 address in IPv6's clothes ("::ffff:192.0.2.7", as a server with
   one socket for both tells it) becomes "192.0.2.7", so that patterns for IPv4 match it.  Any other text stays. */
const char *address_plain(const char *text, struct arena *arena);

#endif
