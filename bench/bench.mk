# SPDX-License-Identifier: GPL-3.0-or-later
# Figures with public tools, side by side with a peer in one run (doc/design/bench.md).
EXTRA_DIST += \
	bench/Bench.pm \
	bench/avd \
	bench/icinga2 \
	bench/isolated-sessions \
	bench/policy \
	bench/rds \
	bench/run \
	bench/snmp \
	bench/snmp-pass-persist \
	bench/snmp-stalls \
	bench/tsts \
	bench/winrm
EXTRA_PROGRAMS += bench/starts bench/trivial
bench_starts_SOURCES = bench/starts.c
bench_trivial_SOURCES = bench/trivial.c
CLEANFILES += bench/starts$(EXEEXT) bench/trivial$(EXEEXT)
if PART_AGENT
BENCH_SNMP = bench/snmp-probe bench/snmp-walk
EXTRA_PROGRAMS += bench/snmp-probe bench/snmp-walk
bench_snmp_probe_SOURCES = bench/snmp-probe.c
bench_snmp_probe_CPPFLAGS = $(AM_CPPFLAGS) $(NETSNMP_CFLAGS)
bench_snmp_probe_LDADD = $(NETSNMP_LIBS)
bench_snmp_walk_SOURCES = bench/snmp-walk.c
bench_snmp_walk_CPPFLAGS = $(AM_CPPFLAGS) $(NETSNMP_CFLAGS)
bench_snmp_walk_LDADD = $(NETSNMP_LIBS)
CLEANFILES += bench/snmp-probe$(EXEEXT) bench/snmp-walk$(EXEEXT)
endif
if PART_POLICY
BENCH_POLICY = bench/policy-parts t/unit/past-tool
EXTRA_PROGRAMS += bench/policy-parts
bench_policy_parts_SOURCES = bench/policy-parts.c
bench_policy_parts_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS)
bench_policy_parts_LDADD = lib/libpolicy.a $(PROGRAM_LIBS) $(GLIB_LIBS) $(SQLITE_LIBS)
CLEANFILES += bench/policy-parts$(EXEEXT)
endif
.PHONY: bench
bench: all $(WINDOWS_HOST) bench/starts bench/trivial $(BENCH_SNMP) $(BENCH_POLICY)
	$(PERL) $(srcdir)/bench/run $(abs_builddir)
