# SPDX-License-Identifier: GPL-3.0-or-later
# `make proofs`: what t/proofs/*.c state, proved for all inputs.  CBMC is in Debian 13, and not in 12.
EXTRA_DIST += t/proofs/choice.c t/proofs/judge.c t/proofs/ladder.c t/proofs/ladder.h t/proofs/limit.c t/proofs/match.c
EXTRA_DIST += t/proofs/need.c t/proofs/passed.c t/proofs/policy.c t/proofs/proof.h t/proofs/prove t/proofs/range.c
EXTRA_DIST += t/proofs/rematch.c t/proofs/slack.c

.PHONY: proofs
proofs:
	$(srcdir)/t/proofs/prove $(srcdir) -D_GNU_SOURCE -I$(builddir) $(JANSSON_CFLAGS)
