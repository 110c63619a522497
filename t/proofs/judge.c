/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rule_judge(): what is acted on, for every session, clock and rule of times. */
#include "t/proofs/proof.h"

#include <string.h>

#include "lib/judge/classify.h"
#include "lib/judge/select.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"

/* What "in the future" allows two clocks of one host to differ. */
#define SLACK 2000

int main(void)
{
	struct session session = any_session();
	struct snapshot snapshot;
	struct rule rule;
	unsigned number = nondet_unsigned();
	enum act act;
	__int128 now;

	memset(&snapshot, 0, sizeof snapshot);
	memset(&rule, 0, sizeof rule);
	snapshot.now = any_time();
	snapshot.complete = nondet_bool();
	snapshot.sessions = &session;
	snapshot.count = 1;
	rule.all = nondet_bool();
	rule.idle_over = (struct span){nondet_bool(), any_time()};
	rule.disconnected_over = (struct span){nondet_bool(), any_time()};
	ASSUME(rule.idle_over.length > 0 && rule.disconnected_over.length > 0);
	rule.idle_after = rule.idle_over.length;
	ASSUME(number <= ACT_MESSAGE);
	act = number;
	if (rule_judge(&rule, act, &snapshot, &session) != REFUSAL_NONE)
		return 0;
	now = (__int128)snapshot.now + session.clock_ahead;
	PROVE(rule.all || rule.idle_over.known || rule.disconnected_over.known, "judge 1: a rule was given");
	PROVE(snapshot.complete, "judge 2: the list is whole");
	PROVE(session.class == CLASS_USER, "judge 3: a user session");
	PROVE(session.user[0] != '\0', "judge 4: of a user");
	PROVE(session.birth[0] != '\0', "judge 5: with a birth");
	PROVE(session.own != FLAG_YES || act == ACT_MESSAGE, "judge 6: not the caller's own");
	PROVE(session.state != STATE_OTHER, "judge 7: its state is known");
	PROVE(act == ACT_LOGOFF || session.state == STATE_ACTIVE, "judge 8: disconnected or shown to: it is active");
	if (!rule.idle_over.known && !rule.disconnected_over.known)
		return 0;
	PROVE(session.state == STATE_ACTIVE || session.state == STATE_DISCONNECTED, "judge 9: active or disconnected");
	if (session.state == STATE_ACTIVE) {
		PROVE(rule.idle_over.known, "judge 10: active ones are meant by idle-over alone");
		PROVE(session.last_input.is == MOMENT_KNOWN, "judge 11: the last input is known");
		PROVE(now - session.last_input.at >= rule.idle_over.length, "judge 12: it is idle for so long");
		PROVE(session.connect_time.is != MOMENT_KNOWN ||
		          (__int128)session.last_input.at >= (__int128)session.connect_time.at - SLACK,
		      "judge 13: its last input is not before its connect");
	} else {
		PROVE(rule.disconnected_over.known, "judge 14: others are meant by disconnected-over alone");
		PROVE(session.disconnect_time.is == MOMENT_KNOWN, "judge 15: since when is known");
		PROVE(now - session.disconnect_time.at >= rule.disconnected_over.length,
		      "judge 16: it is disconnected for so long");
	}
	return 0;
}
