# SPDX-License-Identifier: GPL-3.0-or-later
# The parts that know nothing of net-snmp are a library, so that the unit tests run without it.
noinst_LIBRARIES += agent/libagent.a
agent_libagent_a_SOURCES = \
	agent/acts.c agent/acts.h \
	agent/answer.c agent/answer.h \
	agent/audit_tail.c agent/audit_tail.h \
	agent/base_oid.c agent/agentx.h \
	agent/block.c agent/block.h \
	agent/cell_text.c agent/cell_text.h \
	agent/columns.c agent/columns.h \
	agent/grid.c agent/grid.h \
	agent/host_index.c agent/host_index.h \
	agent/host_resources.c agent/host_resources.h \
	agent/host_seen.c agent/host_seen.h \
	agent/number.c agent/number.h \
	agent/order_key.c agent/order_key.h \
	agent/order_request.c agent/order_request.h \
	agent/orders.c agent/orders.h \
	agent/pack.c agent/pack.h \
	agent/poll.c agent/poll.h \
	agent/publish.c agent/publish.h \
	agent/rows.c agent/rows.h \
	agent/snapshot_file.c agent/snapshot_file.h \
	agent/table.c agent/table.h \
	agent/trap.c agent/trap.h \
	agent/trap_act.c agent/trap_act.h \
	agent/trap_queue.c agent/trap_queue.h \
	agent/uptime.c agent/uptime.h \
	agent/value.c agent/value.h \
	agent/verdicts.c agent/verdicts.h \
	agent/watch.c agent/watch.h

if PART_AGENT
sbin_PROGRAMS += agent/curfew-agent
agent_curfew_agent_SOURCES = \
	agent/agentx.c agent/agentx_parts.h \
	agent/agentx_fast.c \
	agent/agentx_host_resources.c \
	agent/agentx_orders.c \
	agent/agentx_trap.c \
	agent/curfew-agent.c \
	agent/notifier.c agent/notifier.h \
	agent/notify.c agent/notify.h \
	agent/order_child.c \
	agent/order_run.c agent/order_run.h \
	agent/poll_child.c \
	agent/serve.c agent/serve.h
agent_curfew_agent_CPPFLAGS = $(AM_CPPFLAGS) $(NETSNMP_CFLAGS) -DCURFEW_BASE_OID='"$(BASE_OID)"'
agent_curfew_agent_LDADD = agent/libagent.a $(PROGRAM_LIBS) $(NETSNMP_LIBS)
if HAVE_SYSTEMD
agent_curfew_agent_CPPFLAGS += -DHAVE_SYSTEMD $(SYSTEMD_CFLAGS)
agent_curfew_agent_LDADD += $(SYSTEMD_LIBS)
endif

# Loaded into snmpd (dlmod): a few files of its own, one of the core that needs nothing but libc, and net-snmp's libraries,
# which snmpd has already.
snmpmoduledir = $(libdir)/curfew
snmpmodule_PROGRAMS = agent/curfew-snmp.so
agent_curfew_snmp_so_SOURCES = \
	agent/block.c agent/block.h \
	agent/grid.c agent/grid.h \
	agent/module.c \
	agent/serve.c agent/serve.h \
	agent/snapshot_file.c agent/snapshot_file.h \
	agent/uptime.c agent/uptime.h \
	agent/value.c agent/value.h \
	lib/base/clock.c lib/base/clock.h
agent_curfew_snmp_so_CPPFLAGS = $(AM_CPPFLAGS) $(NETSNMP_CFLAGS) -DCURFEW_BASE_OID='"$(BASE_OID)"'
agent_curfew_snmp_so_CFLAGS = $(AM_CFLAGS) -fPIC -fvisibility=hidden
agent_curfew_snmp_so_LDFLAGS = -shared $(MODULE_LDFLAGS) $(SANITIZER_FLAGS) -Wl,-soname,curfew-snmp.so
agent_curfew_snmp_so_LDADD = $(NETSNMP_LIBS)
endif
