# SPDX-License-Identifier: GPL-3.0-or-later
if PROVIDER_LOCAL
providers_libproviders_a_SOURCES += providers/local/row.c providers/local/row.h
curfewlibexec_PROGRAMS += providers/local/provider-local
providers_local_provider_local_SOURCES = \
	providers/local/local.c providers/local/local.h \
	providers/local/main.c \
	providers/local/merge.c providers/local/merge.h
providers_local_provider_local_LDADD = $(LIBLOGIND) $(PROGRAM_LIBS) $(SYSTEMD_LIBS)
endif
