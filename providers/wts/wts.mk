# SPDX-License-Identifier: GPL-3.0-or-later
dist_man_MANS += doc/curfew-wts.7
dist_designdoc_DATA += doc/design/wts.md

# A worker program: the one place where somebody else's code is loaded, one target per process.
if PROVIDER_WTS
providers_libproviders_a_SOURCES += providers/wts/row.c providers/wts/row.h
curfewlibexec_PROGRAMS += providers/wts/provider-wts
providers_wts_provider_wts_SOURCES = \
	providers/wts/fill.c providers/wts/fill.h \
	providers/wts/lasterror.c \
	providers/wts/main.c \
	providers/wts/module.c providers/wts/module.h \
	providers/wts/module_read.c \
	providers/wts/module_run.h \
	providers/wts/permit.c providers/wts/permit.h \
	providers/wts/wts.c providers/wts/wts.h
providers_wts_provider_wts_CFLAGS = $(AM_CFLAGS) $(WINPR_CFLAGS)
providers_wts_provider_wts_LDFLAGS = $(AM_LDFLAGS) -Wl,--export-dynamic-symbol=SetLastError \
	-Wl,--export-dynamic-symbol=GetLastError
providers_wts_provider_wts_LDADD = $(PROGRAM_LIBS)
endif
