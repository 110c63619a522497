# SPDX-License-Identifier: GPL-3.0-or-later
# Three short mains over one engine (lib/act/handler.c, lib/act/remedy.c).
bin_PROGRAMS += handlers/disconnect_sessions handlers/logoff_sessions handlers/message_sessions

handlers_disconnect_sessions_SOURCES = handlers/disconnect_sessions.c
handlers_disconnect_sessions_LDADD = $(PROGRAM_LIBS)
handlers_logoff_sessions_SOURCES = handlers/logoff_sessions.c
handlers_logoff_sessions_LDADD = $(PROGRAM_LIBS)
handlers_message_sessions_SOURCES = handlers/message_sessions.c
handlers_message_sessions_LDADD = $(PROGRAM_LIBS)

if PART_POLICY
bin_PROGRAMS += handlers/enforce_sessions handlers/explain_sessions handlers/rehearse_sessions
endif
handlers_enforce_sessions_SOURCES = handlers/enforce_sessions.c
handlers_enforce_sessions_LDADD = lib/libpolicy.a $(PROGRAM_LIBS) $(GLIB_LIBS) $(SQLITE_LIBS)
handlers_explain_sessions_SOURCES = handlers/explain_sessions.c
handlers_explain_sessions_LDADD = lib/libpolicy.a $(PROGRAM_LIBS) $(GLIB_LIBS) $(SQLITE_LIBS)
handlers_rehearse_sessions_SOURCES = handlers/rehearse_sessions.c
handlers_rehearse_sessions_LDADD = lib/libpolicy.a $(PROGRAM_LIBS) $(GLIB_LIBS) $(SQLITE_LIBS)

# What sudo and units start as root.
curfewlibexec_PROGRAMS += handlers/curfew-run
handlers_curfew_run_SOURCES = handlers/curfew-run.c
handlers_curfew_run_CPPFLAGS = $(AM_CPPFLAGS) -DCURFEW_BINDIR='"$(bindir)"'
handlers_curfew_run_LDADD = $(PROGRAM_LIBS)
