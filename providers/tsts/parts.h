/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A call's body taken apart for a recording (lib/tape): what is a text in one part, what is nobody's name in another,
 * and all else zeros.  Only bodies of the shape that MS-TSTS gives them are taken apart.  Pure.
 *
 *   {"hex":"…"}                  as they are
 *   {"zeros":N}                  N bytes that were not kept
 *   {"text":"…","units":N}       WCHAR[N], ends with its NUL; "station" for a station's name
 *   {"counted":"…"}              [out, string] WCHAR **
 */
#ifndef CURFEW_PROVIDERS_TSTS_PARTS_H
#define CURFEW_PROVIDERS_TSTS_PARTS_H

#include <jansson.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "providers/tsts/wire.h"

/* New references; NULL: it is not to be taken apart. */
json_t *parts_of_request(enum wire_interface interface, uint32_t opnum, struct wire_bytes body);
json_t *parts_of_reply(enum wire_interface interface, uint32_t opnum, struct wire_bytes body);

/* The bytes again, in the arena.  Parts that make no sense are none. */
struct wire_bytes parts_join(const json_t *parts, struct arena *arena);

#endif
