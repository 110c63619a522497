# SPDX-License-Identifier: GPL-3.0-or-later
dist_man_MANS += doc/curfew-avd.7
dist_designdoc_DATA += doc/design/avd.md

# A worker program: libcurl and OpenSSL are loaded by those only who ask Azure.
if PROVIDER_AVD
providers_libproviders_a_SOURCES += providers/avd/row.c providers/avd/row.h
# What needs no network, for the tests as well.
noinst_LIBRARIES += providers/avd/libavd.a
providers_avd_libavd_a_SOURCES = \
	providers/avd/decode.c providers/avd/decode.h \
	providers/avd/decode_token.c \
	providers/avd/place.c providers/avd/place.h

curfewlibexec_PROGRAMS += providers/avd/provider-avd
providers_avd_provider_avd_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS)
providers_avd_provider_avd_SOURCES = \
	providers/avd/account.c \
	providers/avd/ask.c \
	providers/avd/assertion.c \
	providers/avd/avd.c providers/avd/avd.h \
	providers/avd/azure.h \
	providers/avd/cache.c \
	providers/avd/list.c providers/avd/list.h \
	providers/avd/main.c \
	providers/avd/many.c \
	providers/avd/token.c
providers_avd_provider_avd_LDADD = providers/avd/libavd.a $(LIBHTTP) $(PROGRAM_LIBS) $(CURL_LIBS)
endif
