/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Network addresses as text. */
#ifndef CURFEW_ADDRESS_H
#define CURFEW_ADDRESS_H

#include <stdbool.h>

#include "lib/base/arena.h"

/* A client's address as people write it.  A server with one socket for IPv4 and IPv6 reports an IPv4 client as
 * "::ffff:192.0.2.7"; that becomes "192.0.2.7", so that patterns for IPv4 match it.  Any other text stays as it is. */
const char *address_plain(const char *text, struct arena *arena);

/* True for two spellings of one IPv6 address: "2001:db8::7" and "2001:DB8:0:0::7". */
bool address_same(const char *a, const char *b);

#endif
