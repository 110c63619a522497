/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session that rules are tried on, and what one says of it. */
#ifndef CURFEW_TEST_ALICE_H
#define CURFEW_TEST_ALICE_H

#include <stdint.h>

#include "lib/judge/select.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"

enum { MINUTE = 60000 };
static const int64_t NOW = 1795230000000;

/* CORP\alice, active, idle for 45 minutes. */
static inline struct session alice(void)
{
	struct session session;

	session_init(&session);
	session.provider = "sim";
	session.host = "ts01";
	session.id = "3";
	session.user = "alice";
	session.domain = "CORP";
	session.upn = "alice@corp.example";
	session.birth = "b1";
	session.class = CLASS_USER;
	session.state = STATE_ACTIVE;
	session.connect_time = moment_at(NOW - 600 * MINUTE);
	session.last_input = moment_at(NOW - 45 * MINUTE);
	return session;
}

static inline enum refusal judge(const struct rule *rule, enum act act, const struct session *session)
{
	struct snapshot snapshot;

	snapshot_init(&snapshot);
	snapshot.now = NOW;
	return rule_judge(rule, act, &snapshot, session);
}

#endif
