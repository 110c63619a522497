# SPDX-License-Identifier: GPL-3.0-or-later
dist_man_MANS += doc/curfew-rds.7
dist_designdoc_DATA += doc/design/rds.md

# A worker program: libcurl is loaded by those only who ask over HTTPS.
if PROVIDER_RDS
providers_libproviders_a_SOURCES += providers/rds/row.c providers/rds/row.h
# What needs no network, for the tests as well.
noinst_LIBRARIES += providers/rds/librds.a
providers_rds_librds_a_SOURCES = \
	providers/rds/decode.c providers/rds/decode.h \
	providers/rds/decode_base.c \
	providers/rds/decode_ex.c \
	providers/rds/instance.c providers/rds/instance.h \
	providers/rds/join.c providers/rds/join.h \
	providers/rds/place.c providers/rds/place.h \
	providers/rds/roster.c providers/rds/roster.h
RDS_LIBS = providers/rds/librds.a $(LIBWSMAN) $(LIBHTTP) $(PROGRAM_LIBS) $(CURL_LIBS) $(EXPAT_LIBS) $(GSSAPI_LIBS)

curfewlibexec_PROGRAMS += providers/rds/provider-rds
providers_rds_provider_rds_SOURCES = \
	providers/rds/active.c providers/rds/active.h \
	providers/rds/broker.c providers/rds/broker.h \
	providers/rds/hosts.c providers/rds/hosts.h \
	providers/rds/main.c \
	providers/rds/many.c \
	providers/rds/rds.c providers/rds/rds.h
providers_rds_provider_rds_LDADD = $(RDS_LIBS)
endif
