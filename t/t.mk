# SPDX-License-Identifier: GPL-3.0-or-later
# Unit tests are t/unit/NAME.c (cmocka, TAP); black-box tests are t/NAME.t (Perl).
TEST_EXTENSIONS = .t
TAP_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TAP_DRIVER)
T_LOG_DRIVER = $(TAP_DRIVER)
LOG_COMPILER = $(SHELL) $(srcdir)/t/lib/unit-test
T_LOG_COMPILER = $(PERL) -w -I$(srcdir)/t/lib
AM_TESTS_ENVIRONMENT = \
	CURFEW_SRCDIR='$(abs_top_srcdir)'; export CURFEW_SRCDIR; \
	CURFEW_BUILDDIR='$(abs_top_builddir)'; export CURFEW_BUILDDIR; \
	CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT; \
	LC_ALL=C.UTF-8; export LC_ALL;

UNIT_TESTS =
BLACKBOX_TESTS =
BLACKBOX_TESTS += t/check.t
BLACKBOX_TESTS += t/collect.t
BLACKBOX_TESTS += t/completion.t
BLACKBOX_TESTS += t/completion-zsh.t
BLACKBOX_TESTS += t/conformance.t
BLACKBOX_TESTS += t/contrib.t
BLACKBOX_TESTS += t/curfew-run.t
BLACKBOX_TESTS += t/enforce-clock.t
BLACKBOX_TESTS += t/enforce-faults.t
BLACKBOX_TESTS += t/enforce-names.t
BLACKBOX_TESTS += t/enforce.t
BLACKBOX_TESTS += t/explain.t
BLACKBOX_TESTS += t/field-test.t
BLACKBOX_TESTS += t/foresee.t
BLACKBOX_TESTS += t/five-commands.t
BLACKBOX_TESTS += t/handlers.t
BLACKBOX_TESTS += t/install.t
BLACKBOX_TESTS += t/limits.t
BLACKBOX_TESTS += t/man.t
BLACKBOX_TESTS += t/mib.t
BLACKBOX_TESTS += t/nms.t
BLACKBOX_TESTS += t/options.t
BLACKBOX_TESTS += t/package-lists.t
BLACKBOX_TESTS += t/pages.t
BLACKBOX_TESTS += t/rehearse.t
BLACKBOX_TESTS += t/replay.t
BLACKBOX_TESTS += t/samba-probe.t
BLACKBOX_TESTS += t/sim.t
BLACKBOX_TESTS += t/threshold-range.t
BLACKBOX_TESTS += t/troubleshooting.t
BLACKBOX_TESTS += t/worker.t
BLACKBOX_TESTS += t/wts.t
BLACKBOX_TESTS += t/wtsapi.t
# With real servers; left out of the tarball's own check (make distcheck).
E2E_TESTS =
E2E_TESTS += t/e2e-avd.t
E2E_TESTS += t/e2e-hold-services.t
E2E_TESTS += t/e2e-icinga2.t
E2E_TESTS += t/e2e-logind.t
E2E_TESTS += t/e2e-logrotate.t
E2E_TESTS += t/e2e-loop-xrdp.t
E2E_TESTS += t/e2e-policy-faults.t
E2E_TESTS += t/e2e-policy-xrdp.t
E2E_TESTS += t/e2e-nagios.t
E2E_TESTS += t/e2e-nrpe.t
E2E_TESTS += t/e2e-prometheus.t
E2E_TESTS += t/e2e-rds-hosts.t
E2E_TESTS += t/e2e-rds.t
E2E_TESTS += t/e2e-state.t
E2E_TESTS += t/e2e-sudo.t
E2E_TESTS += t/e2e-tsts-acts.t
E2E_TESTS += t/e2e-tsts-clients.t
E2E_TESTS += t/e2e-tsts-kerberos.t
E2E_TESTS += t/e2e-tsts-policy.t
E2E_TESTS += t/e2e-tsts-provider.t
E2E_TESTS += t/e2e-tsts.t
E2E_TESTS += t/e2e-winrm-negotiate.t
E2E_TESTS += t/e2e-winrm-sealed.t
E2E_TESTS += t/e2e-winrm.t
E2E_TESTS += t/e2e-wts.t
E2E_TESTS += t/e2e-xrdp-snmp.t
E2E_TESTS += t/snmp.t
E2E_TESTS += t/snmp-cells.t
E2E_TESTS += t/snmp-module.t
E2E_TESTS += t/snmp-notify.t
E2E_TESTS += t/snmp-orders.t
E2E_TESTS += t/snmp-policies.t
E2E_TESTS += t/snmp-restarts.t
E2E_TESTS += t/snmp-users.t
# Many runs of the same programs; left out of the tarball's own check, too.
SLOW_TESTS =
SLOW_TESTS += t/valgrind.t
UNIT_LIBS = $(PROGRAM_LIBS) $(CMOCKA_LIBS)

check_DATA =
include $(srcdir)/t/unit/unit.mk
include $(srcdir)/t/fuzz/fuzz.mk
include $(srcdir)/t/simulation/simulation.mk
include $(srcdir)/t/torture/torture.mk
include $(srcdir)/t/proofs/proofs.mk
include $(srcdir)/t/model/model.mk
include $(srcdir)/t/isolate/isolate.mk
include $(srcdir)/t/servers/tsts/tsts.mk

TESTS = $(BLACKBOX_TESTS)
if HAVE_CMOCKA
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
endif
if E2E
TESTS += $(E2E_TESTS)
endif
if SLOW_TESTS
TESTS += $(SLOW_TESTS)
endif
EXTRA_DIST += $(BLACKBOX_TESTS) $(E2E_TESTS) $(SLOW_TESTS) t/lib/Curfew.pm
EXTRA_DIST += t/lib/Curfew/Arm.pm
EXTRA_DIST += t/lib/Curfew/Certificates.pm
EXTRA_DIST += t/lib/Curfew/Kdc.pm
EXTRA_DIST += t/lib/Curfew/Played.pm
EXTRA_DIST += t/lib/Curfew/Recorded.pm
EXTRA_DIST += t/lib/Curfew/Sealed.pm
EXTRA_DIST += t/lib/Curfew/Spellings.pm
EXTRA_DIST += t/lib/Curfew/Wsman.pm
EXTRA_DIST += t/lib/Daemon.pm
EXTRA_DIST += t/lib/Elogind.pm
EXTRA_DIST += t/lib/Icinga2.pm
EXTRA_DIST += t/lib/Isolated.pm
EXTRA_DIST += t/lib/Loop.pm
EXTRA_DIST += t/lib/Nagios.pm
EXTRA_DIST += t/lib/Snmp.pm
EXTRA_DIST += t/lib/Windows.pm
EXTRA_DIST += t/lib/SnmpCells.pm
EXTRA_DIST += t/lib/Snmpd.pm
EXTRA_DIST += t/lib/Wts.pm
EXTRA_DIST += t/lib/complete.zsh t/lib/complete-setup.zsh
EXTRA_DIST += t/lib/Xrdp.pm
EXTRA_DIST += t/lib/unit-test
EXTRA_DIST += t/prometheus/rules-test.yml
EXTRA_DIST += t/servers/arm/arm
EXTRA_DIST += t/vectors/audit
EXTRA_DIST += t/vectors/avd
EXTRA_DIST += t/vectors/block
EXTRA_DIST += t/vectors/rds
EXTRA_DIST += t/vectors/recordings
EXTRA_DIST += t/vectors/snapshot_file
EXTRA_DIST += t/vectors/tsts
EXTRA_DIST += t/vectors/wsman
EXTRA_DIST += t/servers/wsman/Broker.pm t/servers/wsman/negotiate
EXTRA_DIST += t/servers/wsman/server t/servers/wsman/Shells.pm t/servers/wsman/Soap.pm

# The unit tests alone: what the sanitizers are for.
.PHONY: check-unit
check-unit: all
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(UNIT_TESTS)'

# `make soak`: snmpd and curfew-agent are restarted 50 times each under three walkers (a round more of snmpd's before);
# 10,000 sessions are walked, and each cell is compared.
.PHONY: soak-snmp
soak: soak-snmp
soak-snmp: all
	$(AM_TESTS_ENVIRONMENT) CURFEW_RESTARTS=50 $(T_LOG_COMPILER) $(srcdir)/t/snmp-restarts.t
	$(AM_TESTS_ENVIRONMENT) CURFEW_CELLS=100 $(T_LOG_COMPILER) $(srcdir)/t/snmp-cells.t
