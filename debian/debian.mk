# SPDX-License-Identifier: GPL-3.0-or-later
# Debian packages (tools/make-packages, tools/check-packages), and an RPM spec: part of the tarball.
EXTRA_DIST += \
	contrib/rpm/curfew.spec \
	debian/changelog \
	debian/control \
	debian/copyright \
	debian/curfew-agent.install \
	debian/curfew-agent.lintian-overrides \
	debian/curfew-agent.postrm \
	debian/curfew-wtsapi.install \
	debian/curfew-wtsapi.lintian-overrides \
	debian/curfew.docs \
	debian/curfew.install \
	debian/curfew.lintian-overrides \
	debian/curfew.postrm \
	debian/monitoring-plugins-curfew.install \
	debian/monitoring-plugins-curfew.lintian-overrides \
	debian/rules \
	debian/source/format \
	debian/tests/control \
	debian/tests/installed
