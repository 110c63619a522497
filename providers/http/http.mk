# SPDX-License-Identifier: GPL-3.0-or-later
# HTTPS for the worker programs that speak it: $(LIBHTTP) before $(PROGRAM_LIBS), and $(CURL_LIBS) in their LDADD.
if HAVE_CURL
noinst_LIBRARIES += providers/http/libhttp.a
providers_http_libhttp_a_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS)
providers_http_libhttp_a_SOURCES = \
	providers/http/blob.c \
	providers/http/error.c \
	providers/http/exchange.c providers/http/exchange.h \
	providers/http/http.h \
	providers/http/line.c \
	providers/http/loop.c \
	providers/http/recorded.c providers/http/recorded.h \
	providers/http/tls.c \
	providers/http/url.c \
	providers/http/used.c
endif
LIBHTTP = providers/http/libhttp.a
