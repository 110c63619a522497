# SPDX-License-Identifier: GPL-3.0-or-later
dist_man_MANS += doc/curfew-xrdp.7
dist_designdoc_DATA += doc/design/xrdp.md

if PROVIDER_XRDP
providers_libproviders_a_SOURCES += \
	providers/xrdp/act.c providers/xrdp/act.h \
	providers/xrdp/as_user.c providers/xrdp/as_user.h \
	providers/xrdp/connected.c providers/xrdp/connected.h \
	providers/xrdp/cpu.c providers/xrdp/cpu.h \
	providers/xrdp/diag.c providers/xrdp/diag.h \
	providers/xrdp/enumerate.c providers/xrdp/enumerate.h \
	providers/xrdp/fill.c providers/xrdp/fill.h \
	providers/xrdp/idle.c providers/xrdp/idle.h \
	providers/xrdp/log.c providers/xrdp/log.h \
	providers/xrdp/message.c \
	providers/xrdp/task.c providers/xrdp/task.h \
	providers/xrdp/xrdp.c providers/xrdp/xrdp.h

curfewlibexec_PROGRAMS += providers/xrdp/curfew-xidle
providers_xrdp_curfew_xidle_SOURCES = providers/xrdp/curfew-xidle.c
providers_xrdp_curfew_xidle_CFLAGS = $(AM_CFLAGS) $(XCB_CFLAGS)
providers_xrdp_curfew_xidle_LDADD = $(XCB_LIBS)
endif
