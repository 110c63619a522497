# SPDX-License-Identifier: GPL-3.0-or-later
# providers/registry.c and the providers that are linked into every program
# make one library; worker programs come from their own folders' fragments.
noinst_LIBRARIES += providers/libproviders.a
providers_libproviders_a_SOURCES = providers/registry.c providers/registry.h \
	providers/linux/account.c providers/linux/account.h \
	providers/linux/memory.c providers/linux/memory.h \
	providers/linux/own.c providers/linux/own.h \
	providers/linux/process.c providers/linux/process.h

# What providers share.
include $(srcdir)/providers/http/http.mk
include $(srcdir)/providers/wsman/wsman.mk

# One line a provider: configure reads it, too, and asks NAME/NAME.m4 what it needs.
include $(srcdir)/providers/avd/avd.mk
include $(srcdir)/providers/local/local.mk
include $(srcdir)/providers/logind/logind.mk
include $(srcdir)/providers/rds/rds.mk
include $(srcdir)/providers/sim/sim.mk
include $(srcdir)/providers/tsts/tsts.mk
include $(srcdir)/providers/winrm/winrm.mk
include $(srcdir)/providers/wts/wts.mk
include $(srcdir)/providers/xrdp/xrdp.mk
