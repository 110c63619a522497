# SPDX-License-Identifier: GPL-3.0-or-later
dist_man_MANS += doc/curfew-tsts.7
dist_designdoc_DATA += doc/design/tsts.md

# A worker program: Samba's libraries are loaded by those only who ask Windows hosts.
if PROVIDER_TSTS
providers_libproviders_a_SOURCES += providers/tsts/row.c providers/tsts/row.h
# What needs no network, for the tests as well.
noinst_LIBRARIES += providers/tsts/libtsts.a
providers_tsts_libtsts_a_SOURCES = \
	providers/tsts/client.c providers/tsts/client.h \
	providers/tsts/fill.c providers/tsts/fill.h \
	providers/tsts/kerberos.c providers/tsts/kerberos.h \
	providers/tsts/lockout.c providers/tsts/lockout.h \
	providers/tsts/pace.c providers/tsts/pace.h \
	providers/tsts/parts.c providers/tsts/parts.h \
	providers/tsts/samba.h \
	providers/tsts/status.c providers/tsts/status.h \
	providers/tsts/wire.c providers/tsts/wire.h \
	providers/tsts/wire_request.c
providers_tsts_libtsts_a_CFLAGS = $(AM_CFLAGS) $(SAMBA_CFLAGS)

curfewlibexec_PROGRAMS += providers/tsts/provider-tsts
providers_tsts_provider_tsts_SOURCES = \
	providers/tsts/access.c providers/tsts/access.h \
	providers/tsts/act.c providers/tsts/act.h \
	providers/tsts/host.c providers/tsts/host.h \
	providers/tsts/inside.c providers/tsts/inside.h \
	providers/tsts/layout.h \
	providers/tsts/keytab.c providers/tsts/keytab.h \
	providers/tsts/list.c providers/tsts/list.h \
	providers/tsts/listing.c providers/tsts/listing.h \
	providers/tsts/main.c \
	providers/tsts/many.c \
	providers/tsts/open.c \
	providers/tsts/pipe.c providers/tsts/pipe.h \
	providers/tsts/probe.c providers/tsts/probe.h \
	providers/tsts/recorded.c providers/tsts/recorded.h \
	providers/tsts/tsts.c providers/tsts/tsts.h \
	providers/tsts/whole.c providers/tsts/whole.h
providers_tsts_provider_tsts_CFLAGS = $(AM_CFLAGS) $(SAMBA_CFLAGS) -pthread
providers_tsts_provider_tsts_LDADD = providers/tsts/libtsts.a $(PROGRAM_LIBS) $(SAMBA_LIBS) -lsamba-errors
endif
