# SPDX-License-Identifier: GPL-3.0-or-later
# An example program, installed as its source; built for the tests, which show it at work.
if PART_WTSAPI
noinst_PROGRAMS += contrib/wtsinfo/wtsinfo
contrib_wtsinfo_wtsinfo_SOURCES = contrib/wtsinfo/wtsinfo.c
contrib_wtsinfo_wtsinfo_CFLAGS = $(AM_CFLAGS) $(WINPR_CFLAGS)
contrib_wtsinfo_wtsinfo_LDADD = $(WINPR_LIBS)
endif
