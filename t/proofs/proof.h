/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the proofs share: any value at all, within what the readers of times let through. */
#ifndef CURFEW_PROOF_H
#define CURFEW_PROOF_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lib/session/session.h"

int64_t nondet_int64(void);
uint64_t nondet_uint64(void);
unsigned nondet_unsigned(void);
_Bool nondet_bool(void);
double nondet_double(void);

#define ASSUME(condition)      __CPROVER_assume(condition)
#define PROVE(condition, text) __CPROVER_assert(condition, text)
/* This can be: t/proofs/prove expects that its contrary is refuted, so that nothing is proved of nothing. */
#define WITNESS(condition, text) __CPROVER_assert(!(condition), "can be, " text)

/* time_parse() gives years 1 to 9999 (2^48 ms), a FILETIME is below 2^51 ms, and a clock is at most a year ahead: with
   room to spare, so that sums of several are numbers, too. */
#define TIME_LIMIT ((int64_t)1 << 56)

static inline int64_t any_time(void)
{
	int64_t when = nondet_int64();

	ASSUME(when > -TIME_LIMIT && when < TIME_LIMIT);
	return when;
}

static inline struct moment any_moment(void)
{
	struct moment moment;
	unsigned is = nondet_unsigned();

	ASSUME(is <= MOMENT_NEVER && MOMENT_NEVER == 2);
	moment.is = is;
	moment.at = any_time();
	return moment;
}

static inline struct session any_session(void)
{
	struct session session;
	unsigned state = nondet_unsigned(), class = nondet_unsigned(), kind = nondet_unsigned(),
	         own = nondet_unsigned();

	memset(&session, 0, sizeof session);
	session.provider = "p";
	session.host = nondet_bool() ? "h" : "g";
	session.id = nondet_bool() ? "1" : "2";
	session.user = nondet_bool() ? "u" : nondet_bool() ? "v" : "";
	session.birth = nondet_bool() ? "b" : nondet_bool() ? "c" : "";
	session.domain = session.upn = session.station = session.client_name = session.client_address = "";
	session.collection = session.application = session.state_text = "";
	ASSUME((state <= 16 || state == STATE_OTHER) && class <= CLASS_GHOST && kind <= KIND_SHELL && own <= 2);
	session.state = state;
	session.class = class;
	session.kind = kind;
	session.own = own;
	session.logon_time = any_moment();
	session.connect_time = any_moment();
	session.disconnect_time = any_moment();
	session.last_input = any_moment();
	session.clock_ahead = any_time();
	return session;
}

#endif
