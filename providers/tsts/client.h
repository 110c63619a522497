/* SPDX-License-Identifier: GPL-3.0-or-later */
/* WINSTATIONCLIENT (MS-TSTS 2.2.2.19): a memory image of little-endian fields, aligned as C does it.  Pure. */
#ifndef CURFEW_PROVIDERS_TSTS_CLIENT_H
#define CURFEW_PROVIDERS_TSTS_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"

/* Up to here it is there always: name and address. */
enum { CLIENT_LEAST = 1258 };

/* Texts belong to the arena.  The image has at least CLIENT_LEAST bytes. */
const char *client_name(const uint8_t *image, struct arena *arena);
const char *client_address(const uint8_t *image, struct arena *arena);

/* The client's other fields as "name=value"; empty and zero ones are left out. */
void client_facts(const uint8_t *image, size_t size, struct string_list *facts, struct arena *arena);

#endif
