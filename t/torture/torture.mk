# SPDX-License-Identifier: GPL-3.0-or-later
# `make torture`: every run of check and handlers with each single fault; t/torture.t is a sample of it.
SLOW_TESTS += t/torture.t
EXTRA_DIST += t/torture/Judge.pm t/torture/Stage.pm t/torture/fault.c t/torture/sites.c t/torture/sites.h t/torture/torture
check_DATA += t/torture/fault.so
CLEANFILES += t/torture/fault.so

t/torture/fault.so: t/torture/fault.c t/torture/sites.c t/torture/sites.h
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && $(CC) -std=c11 -O1 -fPIC -shared -D_GNU_SOURCE -U_FORTIFY_SOURCE -I$(srcdir) -o $@ \
		$(srcdir)/t/torture/fault.c $(srcdir)/t/torture/sites.c

.PHONY: torture
torture: all t/torture/fault.so
	CURFEW_TORTURE=all $(MAKE) $(AM_MAKEFLAGS) check TESTS=t/torture.t VERBOSE=1
