# SPDX-License-Identifier: GPL-3.0-or-later
# Examples for other programs' configuration, installed as PREFIX/share/curfew/contrib/…;
# the tests load these very files.  Those that name our programs are made from *.in.
CONTRIB_MADE = \
	contrib/curfew.conf \
	contrib/icinga2/curfew.conf \
	contrib/nagios/curfew.cfg \
	contrib/nrpe/curfew.cfg \
	contrib/sudoers/curfew \
	contrib/systemd/curfew-agent.service \
	contrib/systemd/curfew-enforce@.service
CONTRIB_AS_IS = \
	contrib/curfew-remote.conf \
	contrib/nagios/services.cfg \
	contrib/snmp/snmpd.conf \
	contrib/systemd/curfew-enforce@.timer \
	contrib/wtsinfo/wtsinfo.c

contribdir = $(pkgdatadir)
nobase_nodist_contrib_DATA = $(CONTRIB_MADE)
nobase_dist_contrib_DATA = $(CONTRIB_AS_IS)
EXTRA_DIST += \
	contrib/curfew.conf.in \
	contrib/icinga2/curfew.conf.in \
	contrib/nagios/curfew.cfg.in \
	contrib/nrpe/curfew.cfg.in \
	contrib/sudoers/curfew.in \
	contrib/systemd/curfew-agent.service.in \
	contrib/systemd/curfew-enforce@.service.in
CLEANFILES += $(CONTRIB_MADE)

contrib/curfew.conf: contrib/curfew.conf.in
contrib/icinga2/curfew.conf: contrib/icinga2/curfew.conf.in
contrib/nagios/curfew.cfg: contrib/nagios/curfew.cfg.in
contrib/nrpe/curfew.cfg: contrib/nrpe/curfew.cfg.in
contrib/sudoers/curfew: contrib/sudoers/curfew.in
contrib/systemd/curfew-agent.service: contrib/systemd/curfew-agent.service.in
contrib/systemd/curfew-enforce@.service: contrib/systemd/curfew-enforce@.service.in
$(CONTRIB_MADE): contrib/contrib.mk Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
	$(SED) -e 's|@bindir[@]|$(bindir)|g' -e 's|@sbindir[@]|$(sbindir)|g' -e 's|@pkgdatadir[@]|$(pkgdatadir)|g' \
		$(srcdir)/$@.in >$@.tmp && mv $@.tmp $@

include $(srcdir)/contrib/wtsinfo/wtsinfo.mk
