# SPDX-License-Identifier: GPL-3.0-or-later
# Examples for other programs' configuration, installed as PREFIX/share/curfew/contrib/…;
# the tests load these very files.  Those that name our programs are made from *.in.
CONTRIB_MADE = \
	contrib/apparmor/curfew-agent \
	contrib/curfew.conf \
	contrib/icinga2/curfew.conf \
	contrib/logrotate/curfew \
	contrib/nagios/curfew.cfg \
	contrib/nrpe/curfew.cfg \
	contrib/snmp/librenms/curfew.yaml \
	contrib/snmp/prometheus/snmp.yml \
	contrib/snmp/zabbix/curfew.yaml \
	contrib/sudoers/curfew \
	contrib/sudoers/curfew-pattern
CONTRIB_AS_IS = \
	contrib/curfew-remote.conf \
	contrib/nagios/services.cfg \
	contrib/snmp/prometheus/generator.yml \
	contrib/snmp/prometheus/grafana.json \
	contrib/snmp/prometheus/rules.yml \
	contrib/snmp/prometheus/scrape.yml \
	contrib/snmp/snmpd.conf \
	contrib/wtsinfo/wtsinfo.c

contribdir = $(pkgdatadir)
nobase_nodist_contrib_DATA = $(CONTRIB_MADE) contrib/snmp/prometheus/snmp-0.21.yml
nobase_dist_contrib_DATA = $(CONTRIB_AS_IS)

# Where systemd looks, below /usr and below /usr/local.
UNITS_MADE = contrib/systemd/curfew-enforce@.service
if PART_AGENT
UNITS_MADE += contrib/systemd/curfew-agent.service
dist_sysusers_DATA = contrib/systemd/sysusers.d/curfew-agent.conf
endif
unitdir = $(prefix)/lib/systemd/system
sysusersdir = $(prefix)/lib/sysusers.d
tmpfilesdir = $(prefix)/lib/tmpfiles.d
nodist_unit_DATA = $(UNITS_MADE)
dist_unit_DATA = contrib/systemd/curfew-enforce@.timer
nodist_tmpfiles_DATA = contrib/systemd/tmpfiles.d/curfew.conf

MADE_FROM_IN = $(CONTRIB_MADE) \
	contrib/systemd/curfew-agent.service \
	contrib/systemd/curfew-enforce@.service \
	contrib/systemd/tmpfiles.d/curfew.conf
EXTRA_DIST += $(MADE_FROM_IN:=.in) contrib/etc/curfew.conf contrib/systemd/sysusers.d/curfew-agent.conf
CLEANFILES += $(MADE_FROM_IN) contrib/snmp/prometheus/snmp-0.21.yml

contrib/apparmor/curfew-agent: contrib/apparmor/curfew-agent.in
contrib/curfew.conf: contrib/curfew.conf.in
contrib/icinga2/curfew.conf: contrib/icinga2/curfew.conf.in
contrib/logrotate/curfew: contrib/logrotate/curfew.in
contrib/nagios/curfew.cfg: contrib/nagios/curfew.cfg.in
contrib/nrpe/curfew.cfg: contrib/nrpe/curfew.cfg.in
contrib/snmp/librenms/curfew.yaml: contrib/snmp/librenms/curfew.yaml.in
contrib/snmp/prometheus/snmp.yml: contrib/snmp/prometheus/snmp.yml.in
contrib/snmp/zabbix/curfew.yaml: contrib/snmp/zabbix/curfew.yaml.in
contrib/sudoers/curfew: contrib/sudoers/curfew.in
contrib/sudoers/curfew-pattern: contrib/sudoers/curfew-pattern.in
contrib/systemd/curfew-agent.service: contrib/systemd/curfew-agent.service.in
contrib/systemd/curfew-enforce@.service: contrib/systemd/curfew-enforce@.service.in
contrib/systemd/tmpfiles.d/curfew.conf: contrib/systemd/tmpfiles.d/curfew.conf.in
$(MADE_FROM_IN): contrib/contrib.mk Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
	$(SED) -e 's|@bindir[@]|$(bindir)|g' -e 's|@sbindir[@]|$(sbindir)|g' -e 's|@pkgdatadir[@]|$(pkgdatadir)|g' \
		-e 's|@curfewlibexecdir[@]|$(curfewlibexecdir)|g' -e 's|@localstatedir[@]|$(localstatedir)|g' \
		-e 's|@BASE_OID[@]|$(BASE_OID)|g' \
		$(srcdir)/$@.in >$@.tmp && mv $@.tmp $@

# Exporters before 0.23 have the account in each module, and the modules at the top.
contrib/snmp/prometheus/snmp-0.21.yml: contrib/snmp/prometheus/snmp.yml contrib/snmp/prometheus/old-form.sed
	$(AM_V_GEN)$(SED) -f $(srcdir)/contrib/snmp/prometheus/old-form.sed contrib/snmp/prometheus/snmp.yml >$@.tmp && mv $@.tmp $@
EXTRA_DIST += contrib/snmp/prometheus/old-form.sed

# The configuration: never over one that is there, and left behind if it was changed.
SHIPPED_CONF = $(srcdir)/contrib/etc/curfew.conf
INSTALLED_CONF = "$(DESTDIR)$(sysconfdir)/curfew/curfew.conf"
install-data-local:
	$(MKDIR_P) "$(DESTDIR)$(sysconfdir)/curfew"
	test -e $(INSTALLED_CONF) || $(INSTALL_DATA) $(SHIPPED_CONF) $(INSTALLED_CONF)
uninstall-local:
	if cmp -s $(SHIPPED_CONF) $(INSTALLED_CONF); then rm -f $(INSTALLED_CONF); fi
	-rmdir "$(DESTDIR)$(sysconfdir)/curfew" 2>/dev/null

if PLUGIN_LINK
install-exec-hook:
	$(MKDIR_P) "$(DESTDIR)$(plugindir)"
	ln -sf "$(bindir)/check_sessions" "$(DESTDIR)$(plugindir)/check_sessions"
uninstall-hook:
	rm -f "$(DESTDIR)$(plugindir)/check_sessions"
endif

include $(srcdir)/contrib/wtsinfo/wtsinfo.mk
