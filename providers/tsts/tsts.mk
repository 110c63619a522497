# SPDX-License-Identifier: GPL-3.0-or-later
# A worker program: Samba's libraries are loaded by those only who ask Windows hosts.
TSTS_CODEC = \
	providers/tsts/fill.c providers/tsts/fill.h \
	providers/tsts/status.c providers/tsts/status.h \
	providers/tsts/wire.c providers/tsts/wire.h \
	providers/tsts/wire_request.c

if PROVIDER_TSTS
curfewlibexec_PROGRAMS += providers/tsts/provider-tsts
providers_tsts_provider_tsts_SOURCES = $(TSTS_CODEC) \
	providers/tsts/access.c providers/tsts/access.h \
	providers/tsts/act.c providers/tsts/act.h \
	providers/tsts/composite.c providers/tsts/composite.h \
	providers/tsts/host.c providers/tsts/host.h \
	providers/tsts/list.c providers/tsts/list.h \
	providers/tsts/main.c \
	providers/tsts/many.c \
	providers/tsts/pipe.c providers/tsts/pipe.h \
	providers/tsts/probe.c providers/tsts/probe.h \
	providers/tsts/row.h \
	providers/tsts/samba.h \
	providers/tsts/tsts.c providers/tsts/tsts.h
providers_tsts_provider_tsts_CFLAGS = $(AM_CFLAGS) $(SAMBA_CFLAGS) -pthread
providers_tsts_provider_tsts_LDADD = $(LIBCURFEW) $(LIBPROVIDERS) $(LIBCURFEW) $(CORE_LIBS) $(SAMBA_LIBS) -lsamba-errors
endif
