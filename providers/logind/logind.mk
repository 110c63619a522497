# SPDX-License-Identifier: GPL-3.0-or-later
dist_man_MANS += doc/curfew-logind.7
dist_designdoc_DATA += doc/design/logind.md

# A library, because provider-local holds it too.
if HAVE_SYSTEMD
noinst_LIBRARIES += providers/liblogind.a
providers_liblogind_a_CFLAGS = $(AM_CFLAGS) $(SYSTEMD_CFLAGS)
providers_liblogind_a_SOURCES = \
	providers/logind/act.c providers/logind/act.h \
	providers/logind/bus.c providers/logind/bus.h \
	providers/logind/login.c providers/logind/login.h \
	providers/logind/logind.c providers/logind/logind.h \
	providers/logind/members.c providers/logind/members.h \
	providers/logind/terminal.c providers/logind/terminal.h \
	providers/logind/utmp.c providers/logind/utmp.h
endif
LIBLOGIND = providers/liblogind.a

if PROVIDER_LOGIND
providers_libproviders_a_SOURCES += providers/logind/row.c providers/logind/row.h
curfewlibexec_PROGRAMS += providers/logind/provider-logind
providers_logind_provider_logind_SOURCES = providers/logind/main.c
providers_logind_provider_logind_LDADD = $(LIBLOGIND) $(PROGRAM_LIBS) $(SYSTEMD_LIBS)
endif
