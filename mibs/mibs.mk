# SPDX-License-Identifier: GPL-3.0-or-later
# The MIB module for the base OID that configure was told.
mibdir = $(datadir)/snmp/mibs
mib_DATA = mibs/CURFEW-MIB.txt
EXTRA_DIST += mibs/CURFEW-MIB.txt.in mibs/make-mib
CLEANFILES += mibs/CURFEW-MIB.txt

mibs/CURFEW-MIB.txt: mibs/CURFEW-MIB.txt.in mibs/make-mib Makefile
	$(AM_V_GEN)$(MKDIR_P) mibs && $(SHELL) $(srcdir)/mibs/make-mib '$(BASE_OID)' <$(srcdir)/mibs/CURFEW-MIB.txt.in >$@.tmp && mv $@.tmp $@
