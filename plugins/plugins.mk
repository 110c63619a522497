# SPDX-License-Identifier: GPL-3.0-or-later
bin_PROGRAMS += plugins/check_sessions
plugins_check_sessions_SOURCES = plugins/check_sessions.c
plugins_check_sessions_LDADD = $(PROGRAM_LIBS)
