# SPDX-License-Identifier: GPL-3.0-or-later
# A new unit test: one line here and its two variables (see clock).
UNIT_TESTS += t/unit/agent_grid
t_unit_agent_grid_SOURCES = t/unit/agent_grid.c
t_unit_agent_grid_LDADD = agent/libagent.a $(UNIT_LIBS)
UNIT_TESTS += t/unit/agent_hosts
t_unit_agent_hosts_SOURCES = t/unit/agent_hosts.c
t_unit_agent_hosts_LDADD = agent/libagent.a $(UNIT_LIBS)
UNIT_TESTS += t/unit/agent_table
t_unit_agent_table_SOURCES = t/unit/agent_table.c
t_unit_agent_table_LDADD = agent/libagent.a $(UNIT_LIBS)
UNIT_TESTS += t/unit/classify
t_unit_classify_SOURCES = t/unit/classify.c
t_unit_classify_LDADD = $(UNIT_LIBS)

UNIT_TESTS += t/unit/clock
t_unit_clock_SOURCES = t/unit/clock.c
t_unit_clock_LDADD = $(UNIT_LIBS)

# No test by itself: t/sim.t, t/worker.t and t/collect.t look through it.
check_PROGRAMS += t/unit/list-tool
t_unit_list_tool_SOURCES = t/unit/list-tool.c
t_unit_list_tool_LDADD = $(LIBCURFEW) $(LIBPROVIDERS) $(LIBCURFEW) $(CORE_LIBS)

UNIT_TESTS += t/unit/session_json
t_unit_session_json_SOURCES = t/unit/session_json.c
t_unit_session_json_LDADD = $(UNIT_LIBS)

UNIT_TESTS += t/unit/text
t_unit_text_SOURCES = t/unit/text.c
t_unit_text_LDADD = $(UNIT_LIBS)
UNIT_TESTS += t/unit/perfdata
t_unit_perfdata_SOURCES = t/unit/perfdata.c
t_unit_perfdata_LDADD = $(UNIT_LIBS)
UNIT_TESTS += t/unit/threshold
t_unit_threshold_SOURCES = t/unit/threshold.c
t_unit_threshold_LDADD = $(UNIT_LIBS) -lm
# Not a test itself: t/threshold-range.t talks to it.
check_PROGRAMS += t/unit/range-tool
t_unit_range_tool_SOURCES = t/unit/range-tool.c
t_unit_range_tool_LDADD = $(LIBCURFEW) -lm
UNIT_TESTS += t/unit/audit
t_unit_audit_SOURCES = t/unit/audit.c
t_unit_audit_LDADD = $(UNIT_LIBS)
UNIT_TESTS += t/unit/event
t_unit_event_SOURCES = t/unit/event.c
t_unit_event_LDADD = $(UNIT_LIBS)
# Tests of what names targets play with t/unit/fake.c's providers.
UNIT_TESTS += t/unit/credentials
t_unit_credentials_SOURCES = t/unit/credentials.c t/unit/file.h
t_unit_credentials_LDADD = $(UNIT_LIBS)

UNIT_TESTS += t/unit/target
t_unit_target_SOURCES = t/unit/target.c t/unit/fake.c
t_unit_target_LDADD = $(UNIT_LIBS)
