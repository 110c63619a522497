# SPDX-License-Identifier: GPL-3.0-or-later
bin_PROGRAMS += plugins/check_sessions
CHECK_SOURCES = plugins/check.c plugins/check.h plugins/check_tape.c plugins/check_tape.h
plugins_check_sessions_SOURCES = plugins/check_sessions.c $(CHECK_SOURCES)
plugins_check_sessions_LDADD = $(PROGRAM_LIBS)

# What it becomes for --policy and --remember.
if PART_POLICY
curfewlibexec_PROGRAMS += plugins/curfew-foresee
endif
plugins_curfew_foresee_SOURCES = plugins/curfew-foresee.c $(CHECK_SOURCES)
plugins_curfew_foresee_LDADD = lib/libpolicy.a $(PROGRAM_LIBS) $(GLIB_LIBS) $(SQLITE_LIBS)
