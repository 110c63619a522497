# SPDX-License-Identifier: GPL-3.0-or-later
# `make proofs`: what t/proofs/*.c state, proved for all inputs.  CBMC is in Debian 13, and not in 12.
EXTRA_DIST += t/proofs/judge.c t/proofs/limit.c t/proofs/proof.h t/proofs/prove t/proofs/range.c t/proofs/rematch.c

.PHONY: proofs
proofs:
	$(srcdir)/t/proofs/prove $(srcdir) -D_GNU_SOURCE -I$(builddir) $(JANSSON_CFLAGS)
