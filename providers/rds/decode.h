/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A session in a broker's list. Two classes describe it and number states differently, so each has its decoder. Pure.
 */
#ifndef CURFEW_PROVIDERS_RDS_DECODE_H
#define CURFEW_PROVIDERS_RDS_DECODE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/session/session.h"
#include "providers/wsman/xml.h"

#define CLASS_EXTENDED "Win32_SessionDirectorySessionEx"
#define CLASS_BASE     "Win32_SessionDirectorySession"

struct listed {
	const char *host; /* a DNS or NetBIOS name in lower case */
	uint32_t id;      /* on that host */
	const char *user, *domain;
	const char *alias; /* of the collection; "": not told */
	enum session_state state;
	const char *state_text;
	enum session_kind kind;
	const char *application;
	struct moment created, disconnected; /* on the broker's clock */
	bool idle_known;
	int64_t idle; /* ms */
};

/* Either class, by the instance's own name: a query for the base class may answer with instances of the other.
   -1: not one of them, or it says neither which session it is nor where.  Texts are in the arena. */
int listed_read(struct listed *listed, const struct xml_element *instance, struct arena *arena);

/* decode_ex.c, decode_base.c: what only this class has, or has in its own way. */
void listed_read_extended(struct listed *listed, const struct xml_element *instance, struct arena *arena);
void listed_read_base(struct listed *listed, const struct xml_element *instance, struct arena *arena);

/* Letters, digits, '-', '_' and single dots, in lower case: what may go into an address.  NULL: anything else. */
const char *host_name(const char *text, struct arena *arena);

#endif
