# SPDX-License-Identifier: GPL-3.0-or-later
if PROVIDER_SKELETON
providers_libproviders_a_SOURCES += providers/skeleton/row.c providers/skeleton/row.h
curfewlibexec_PROGRAMS += providers/skeleton/provider-skeleton
providers_skeleton_provider_skeleton_SOURCES = \
	providers/skeleton/main.c \
	providers/skeleton/skeleton.c providers/skeleton/skeleton.h
providers_skeleton_provider_skeleton_LDADD = $(PROGRAM_LIBS)
endif
