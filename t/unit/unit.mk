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
UNIT_TESTS += t/unit/clock
t_unit_clock_SOURCES = t/unit/clock.c
t_unit_clock_LDADD = $(UNIT_LIBS)
