# SPDX-License-Identifier: GPL-3.0-or-later
dist_man_MANS += doc/curfew-winrm.7
dist_designdoc_DATA += doc/design/winrm.md

# A worker program: libcurl is loaded by those only who ask over HTTPS.
if PROVIDER_WINRM
providers_libproviders_a_SOURCES += providers/winrm/row.c providers/winrm/row.h
# What needs no network, for the tests as well.
noinst_LIBRARIES += providers/winrm/libwinrm.a
providers_winrm_libwinrm_a_SOURCES = providers/winrm/shell.c providers/winrm/shell.h
WINRM_LIBS = providers/winrm/libwinrm.a $(LIBWSMAN) $(LIBHTTP) $(PROGRAM_LIBS) $(CURL_LIBS) $(EXPAT_LIBS) $(GSSAPI_LIBS)

curfewlibexec_PROGRAMS += providers/winrm/provider-winrm
providers_winrm_provider_winrm_SOURCES = \
	providers/winrm/act.c providers/winrm/act.h \
	providers/winrm/host.c providers/winrm/host.h \
	providers/winrm/main.c \
	providers/winrm/many.c \
	providers/winrm/winrm.c providers/winrm/winrm.h
providers_winrm_provider_winrm_LDADD = $(WINRM_LIBS)
endif
