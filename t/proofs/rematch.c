/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rule_rematch(): what was pinned is acted on only if it is what was selected, for every pair of sessions. */
#include "t/proofs/proof.h"

#include <stdbool.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/judge/classify.h"
#include "lib/judge/select.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"

static bool same(const char *a, const char *b)
{
	return a[0] == b[0] && (a[0] == '\0' || a[1] == b[1]);
}

int main(void)
{
	struct session then = any_session(), now = any_session();
	static const char *ids[] = {"1"};
	struct rule rule;
	unsigned number = nondet_unsigned();
	enum act act;

	memset(&rule, 0, sizeof rule);
	rule.all = nondet_bool();
	rule.idle_over = (struct span){nondet_bool(), any_time()};
	ASSUME(rule.idle_over.length > 0);
	rule.idle_after = rule.idle_over.length;
	rule.ids = (struct string_list){ids, nondet_bool() ? 1 : 0, 1};
	/* As enforce_sessions and a pipe hand sessions in. */
	rule.from_stdin = nondet_bool();
	rule.picked = &then;
	rule.picked_count = 1;
	rule.despite_input = nondet_bool();
	ASSUME(number <= ACT_MESSAGE);
	act = number;
	if (rule_rematch(&rule, act, &then, &now, any_time()) != REFUSAL_NONE)
		return 0;
	PROVE(same(then.host, now.host), "rematch 1: the same host");
	PROVE(same(then.id, now.id), "rematch 2: the same id");
	PROVE(same(then.user, now.user), "rematch 3: the same user");
	PROVE(then.birth[0] != '\0' && same(then.birth, now.birth), "rematch 4: the same birth, and there is one");
	PROVE(then.state == now.state, "rematch 5: the same state");
	PROVE(now.class == CLASS_USER, "rematch 6: still a user session");
	PROVE(act == ACT_MESSAGE || now.own != FLAG_YES, "rematch 7: not the caller's own");
	PROVE(act == ACT_LOGOFF || now.state == STATE_ACTIVE, "rematch 8: still active");
	if (act == ACT_MESSAGE)
		return 0;
	PROVE(then.connect_time.is == now.connect_time.is &&
	          (now.connect_time.is != MOMENT_KNOWN || then.connect_time.at == now.connect_time.at),
	      "rematch 9: connected at the same time");
	PROVE((rule.ids.count == 0 && !rule.from_stdin) || rule.despite_input || now.last_input.is != MOMENT_KNOWN ||
	          (then.last_input.is == MOMENT_KNOWN && now.last_input.at <= then.last_input.at + 1000),
	      "rematch 10: chosen by id or handed in, it had no input since, unless that was to change nothing");
	return 0;
}
