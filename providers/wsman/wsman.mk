# SPDX-License-Identifier: GPL-3.0-or-later
# WS-Management for the providers that speak it: $(LIBWSMAN) before $(LIBHTTP), and
# $(EXPAT_LIBS) $(GSSAPI_LIBS) in their LDADD.
if HAVE_CURL
if HAVE_EXPAT
if HAVE_GSSAPI
noinst_LIBRARIES += providers/wsman/libwsman.a
providers_wsman_libwsman_a_CFLAGS = $(AM_CFLAGS) $(EXPAT_CFLAGS) $(GSSAPI_CFLAGS)
providers_wsman_libwsman_a_SOURCES = \
	providers/wsman/access.c providers/wsman/access.h \
	providers/wsman/account.c \
	providers/wsman/ask.c providers/wsman/ask.h \
	providers/wsman/copy.c providers/wsman/copy.h \
	providers/wsman/enumerate.c \
	providers/wsman/envelope.c providers/wsman/envelope.h \
	providers/wsman/fault.c providers/wsman/fault.h \
	providers/wsman/kerberos.c \
	providers/wsman/line.c providers/wsman/line.h \
	providers/wsman/options.h \
	providers/wsman/seal.c providers/wsman/seal.h \
	providers/wsman/sealed.c providers/wsman/sealed.h \
	providers/wsman/soap.h \
	providers/wsman/wire.c providers/wsman/wire.h \
	providers/wsman/xml.c providers/wsman/xml.h
endif
endif
endif
LIBWSMAN = providers/wsman/libwsman.a
