# SPDX-License-Identifier: GPL-3.0-or-later
# The throw-away root that end-to-end tests run in, and what they share there.
EXTRA_DIST += \
	t/isolate/isolate \
	t/isolate/kerberos.sh \
	t/isolate/messages.pl \
	t/isolate/relay.pl \
	t/isolate/scenario-rds \
	t/isolate/scenario-tsts \
	t/isolate/scenario-tsts-acts \
	t/isolate/scenario-tsts-clients \
	t/isolate/scenario-tsts-kerberos \
	t/isolate/scenario-tsts-policy \
	t/isolate/scenario-tsts-provider \
	t/isolate/scenario-wts \
	t/isolate/scenario-xrdp \
	t/isolate/tamper.pl \
	t/isolate/tap.sh \
	t/isolate/visit.sh \
	t/isolate/wait.sh \
	t/isolate/windows.sh \
	t/isolate/xrdp.sh
if PROVIDER_XRDP
E2E_TESTS += t/e2e-xrdp.t
else
EXTRA_DIST += t/e2e-xrdp.t
endif
EXTRA_DIST += t/debian-13/pid1 t/debian-13/scenario tools/packages-still-sees tools/still-sees
