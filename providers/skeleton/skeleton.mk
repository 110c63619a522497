# SPDX-License-Identifier: GPL-3.0-or-later
# Built by "make check" and never installed.  Not to copy: doc/design/provider-guide.md has
# what stands in a real provider's fragment.
SKELETON_SOURCES = \
	providers/skeleton/registry.c \
	providers/skeleton/skeleton.c providers/skeleton/skeleton.h

check_PROGRAMS += providers/skeleton/provider-skeleton
providers_skeleton_provider_skeleton_SOURCES = $(SKELETON_SOURCES) providers/skeleton/worker.c
providers_skeleton_provider_skeleton_LDADD = $(LIBCURFEW) $(CORE_LIBS)
