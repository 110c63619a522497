# SPDX-License-Identifier: GPL-3.0-or-later
# A new unit test is one line: its source is t/unit/NAME.c.  Only one that needs
# more than the two libraries says so below.
LDADD = $(UNIT_LIBS)
UNIT_TESTS += t/unit/agent_block
UNIT_TESTS += t/unit/agent_grid
UNIT_TESTS += t/unit/agent_hosts
UNIT_TESTS += t/unit/agent_orders
UNIT_TESTS += t/unit/agent_poll
UNIT_TESTS += t/unit/agent_pool
UNIT_TESTS += t/unit/agent_publish
UNIT_TESTS += t/unit/agent_shared
UNIT_TESTS += t/unit/agent_table
UNIT_TESTS += t/unit/agent_traps
UNIT_TESTS += t/unit/agent_uptime
UNIT_TESTS += t/unit/agent_users
UNIT_TESTS += t/unit/allowance
UNIT_TESTS += t/unit/audit
UNIT_TESTS += t/unit/child
UNIT_TESTS += t/unit/classify
UNIT_TESTS += t/unit/clock
UNIT_TESTS += t/unit/config
UNIT_TESTS += t/unit/credentials
UNIT_TESTS += t/unit/event
UNIT_TESTS += t/unit/faults
UNIT_TESTS += t/unit/filter
UNIT_TESTS += t/unit/hash
UNIT_TESTS += t/unit/host_lock
UNIT_TESTS += t/unit/host_names
UNIT_TESTS += t/unit/limits
UNIT_TESTS += t/unit/local
UNIT_TESTS += t/unit/name_index
UNIT_TESTS += t/unit/nearest
UNIT_TESTS += t/unit/names
UNIT_TESTS += t/unit/options
UNIT_TESTS += t/unit/perfdata
UNIT_TESTS += t/unit/plan
UNIT_TESTS += t/unit/process
UNIT_TESTS += t/unit/recent
UNIT_TESTS += t/unit/remedy
UNIT_TESTS += t/unit/remedy_memory
UNIT_TESTS += t/unit/remedy_notes
UNIT_TESTS += t/unit/remedy_orders
UNIT_TESTS += t/unit/remedy_records
UNIT_TESTS += t/unit/remedy_events
UNIT_TESTS += t/unit/remedy_watch
UNIT_TESTS += t/unit/remedy_words
UNIT_TESTS += t/unit/redact
UNIT_TESTS += t/unit/report
UNIT_TESTS += t/unit/report_output
UNIT_TESTS += t/unit/select
UNIT_TESTS += t/unit/session_json
UNIT_TESTS += t/unit/session_write
UNIT_TESTS += t/unit/state
UNIT_TESTS += t/unit/target
UNIT_TESTS += t/unit/text
UNIT_TESTS += t/unit/threshold
UNIT_TESTS += t/unit/trust
UNIT_TESTS += t/unit/worker_protocol
if HAVE_CURL
UNIT_TESTS += t/unit/http
UNIT_TESTS += t/unit/http_options
endif
if PART_POLICY
UNIT_TESTS += t/unit/held
UNIT_TESTS += t/unit/history
UNIT_TESTS += t/unit/ledger
UNIT_TESTS += t/unit/ledger_doctored
UNIT_TESTS += t/unit/ledger_faults
UNIT_TESTS += t/unit/policy
UNIT_TESTS += t/unit/policy_chance
UNIT_TESTS += t/unit/policy_steps
UNIT_TESTS += t/unit/replay
UNIT_TESTS += t/unit/schedule
endif
if PROVIDER_AVD
UNIT_TESTS += t/unit/avd
endif
if PROVIDER_RDS
UNIT_TESTS += t/unit/rds
endif
if HAVE_SYSTEMD
UNIT_TESTS += t/unit/logind
endif
if PROVIDER_TSTS
UNIT_TESTS += t/unit/tsts_fill
UNIT_TESTS += t/unit/tsts_kerberos
UNIT_TESTS += t/unit/tsts_lockout
UNIT_TESTS += t/unit/tsts_pace
UNIT_TESTS += t/unit/tsts_parts
UNIT_TESTS += t/unit/tsts_status
UNIT_TESTS += t/unit/tsts_wire
endif
if PROVIDER_WINRM
UNIT_TESTS += t/unit/wsman
UNIT_TESTS += t/unit/wsman_sealed
UNIT_TESTS += t/unit/wsman_copy
endif
if PROVIDER_XRDP
UNIT_TESTS += t/unit/xrdp
endif
include $(srcdir)/t/unit/wts.mk
EXTRA_DIST += t/unit/alice.h t/unit/file.h t/unit/folder.h t/unit/state_folder.h t/unit/test.h \
  t/unit/tls.h

# The subagent's own library, free of net-snmp.
AGENT_UNIT_LIBS = agent/libagent.a $(UNIT_LIBS)
# The act path on a played host.
PLAYED = t/unit/played.c t/unit/played.h
t_unit_remedy_SOURCES = t/unit/remedy.c $(PLAYED)
t_unit_remedy_memory_SOURCES = t/unit/remedy_memory.c $(PLAYED)
t_unit_remedy_notes_SOURCES = t/unit/remedy_notes.c $(PLAYED)
t_unit_remedy_orders_SOURCES = t/unit/remedy_orders.c $(PLAYED)
t_unit_remedy_records_SOURCES = t/unit/remedy_records.c $(PLAYED)
t_unit_remedy_events_SOURCES = t/unit/remedy_events.c $(PLAYED)
t_unit_remedy_watch_SOURCES = t/unit/remedy_watch.c $(PLAYED)
t_unit_remedy_words_SOURCES = t/unit/remedy_words.c $(PLAYED)
t_unit_agent_block_LDADD = $(AGENT_UNIT_LIBS)
t_unit_agent_grid_LDADD = $(AGENT_UNIT_LIBS)
t_unit_agent_hosts_LDADD = $(AGENT_UNIT_LIBS)
t_unit_agent_orders_LDADD = $(AGENT_UNIT_LIBS)
t_unit_agent_poll_LDADD = $(AGENT_UNIT_LIBS)
t_unit_agent_pool_SOURCES = t/unit/agent_pool.c agent/poll_child.c
t_unit_agent_publish_LDADD = $(AGENT_UNIT_LIBS)
t_unit_agent_shared_SOURCES = t/unit/agent_shared.c agent/poll_child.c
t_unit_agent_pool_LDADD = $(AGENT_UNIT_LIBS)
t_unit_agent_shared_LDADD = $(AGENT_UNIT_LIBS)
t_unit_agent_table_LDADD = $(AGENT_UNIT_LIBS)
t_unit_agent_traps_LDADD = $(AGENT_UNIT_LIBS)
t_unit_agent_uptime_LDADD = $(AGENT_UNIT_LIBS)
t_unit_agent_users_LDADD = $(AGENT_UNIT_LIBS)

# Tests of the report on a farm that is made by hand.
REPORTED = t/unit/reported.c t/unit/reported.h
t_unit_report_SOURCES = t/unit/report.c $(REPORTED)
t_unit_report_output_SOURCES = t/unit/report_output.c $(REPORTED)

# Tests of what names targets play with providers that only have names.
FAKE = t/unit/fake.c t/unit/fake.h
t_unit_config_SOURCES = t/unit/config.c $(FAKE)
t_unit_options_SOURCES = t/unit/options.c $(FAKE)
t_unit_target_SOURCES = t/unit/target.c $(FAKE)
# All of the core, and no provider: it needs none.
t_unit_target_LDFLAGS = $(AM_LDFLAGS) -Wl,--whole-archive,lib/libcurfew.a,--no-whole-archive
t_unit_target_LDADD = $(CORE_LIBS) $(CMOCKA_LIBS)
t_unit_target_DEPENDENCIES = $(LIBCURFEW)

# The policies' own library.
POLICY_UNIT_LIBS = lib/libpolicy.a $(UNIT_LIBS) $(GLIB_LIBS) $(SQLITE_LIBS)
t_unit_held_LDADD = $(POLICY_UNIT_LIBS)
t_unit_history_LDADD = $(POLICY_UNIT_LIBS)
t_unit_ledger_LDADD = $(POLICY_UNIT_LIBS)
t_unit_ledger_doctored_LDADD = $(POLICY_UNIT_LIBS)
t_unit_ledger_faults_LDADD = $(POLICY_UNIT_LIBS)
POLICY_SCENE = t/unit/policy_scene.c t/unit/policy_scene.h
t_unit_policy_SOURCES = t/unit/policy.c $(POLICY_SCENE)
t_unit_policy_LDADD = $(POLICY_UNIT_LIBS)
t_unit_policy_chance_SOURCES = t/unit/policy_chance.c $(POLICY_SCENE)
t_unit_policy_chance_LDADD = $(POLICY_UNIT_LIBS)
t_unit_policy_steps_SOURCES = t/unit/policy_steps.c $(POLICY_SCENE)
t_unit_policy_steps_LDADD = $(POLICY_UNIT_LIBS)
t_unit_replay_LDADD = $(POLICY_UNIT_LIBS)
t_unit_schedule_LDADD = $(POLICY_UNIT_LIBS)

t_unit_avd_LDADD = providers/avd/libavd.a $(LIBHTTP) $(UNIT_LIBS) $(CURL_LIBS)
t_unit_http_SOURCES = t/unit/http.c t/unit/tls.c
t_unit_http_LDADD = $(LIBHTTP) $(UNIT_LIBS) $(CURL_LIBS)
t_unit_http_options_SOURCES = t/unit/http_options.c t/unit/tls.c
t_unit_http_options_LDADD = $(LIBHTTP) $(UNIT_LIBS) $(CURL_LIBS)
t_unit_local_SOURCES = t/unit/local.c providers/local/merge.c
t_unit_logind_LDADD = $(LIBLOGIND) $(UNIT_LIBS) $(SYSTEMD_LIBS) -lutil
TSTS_UNIT_LIBS = providers/tsts/libtsts.a $(UNIT_LIBS) $(SAMBA_LIBS) -lsamba-errors
t_unit_tsts_fill_LDADD = $(TSTS_UNIT_LIBS)
t_unit_tsts_kerberos_LDADD = $(TSTS_UNIT_LIBS)
t_unit_tsts_lockout_LDADD = $(TSTS_UNIT_LIBS)
t_unit_tsts_pace_LDADD = $(TSTS_UNIT_LIBS)
t_unit_tsts_parts_SOURCES = t/unit/tsts_parts.c t/unit/tsts_vector.c t/unit/tsts_vector.h
t_unit_tsts_parts_LDADD = $(TSTS_UNIT_LIBS)
t_unit_tsts_status_LDADD = $(TSTS_UNIT_LIBS)
t_unit_tsts_wire_SOURCES = t/unit/tsts_wire.c t/unit/tsts_vector.c t/unit/tsts_vector.h
t_unit_tsts_wire_LDADD = $(TSTS_UNIT_LIBS)
t_unit_rds_LDADD = $(RDS_LIBS) $(CMOCKA_LIBS)
t_unit_wsman_LDADD = $(WINRM_LIBS) $(CMOCKA_LIBS)
t_unit_wsman_sealed_LDADD = $(WINRM_LIBS) $(CMOCKA_LIBS)
t_unit_wsman_copy_LDADD = $(WINRM_LIBS) $(CMOCKA_LIBS)

# No tests by themselves.  t/conformance.t and the providers' rigs run the first two,
# t/sim.t, t/worker.t and t/collect.t look through the third, t/threshold-range.t asks the last.
check_PROGRAMS += t/unit/conformance t/unit/conformance-skeleton t/unit/list-tool t/unit/range-tool
t_unit_conformance_LDADD = $(PROGRAM_LIBS)
# The provider to copy is built as it is, and by these rules: its own are for the copy.
SKELETON_SOURCES = t/unit/skeleton.c \
	providers/skeleton/row.c providers/skeleton/row.h \
	providers/skeleton/skeleton.c providers/skeleton/skeleton.h
EXTRA_DIST += providers/skeleton/skeleton.m4 providers/skeleton/skeleton.mk
t_unit_conformance_skeleton_SOURCES = t/unit/conformance.c $(SKELETON_SOURCES)
t_unit_conformance_skeleton_LDADD = $(LIBCURFEW) $(CORE_LIBS)
check_PROGRAMS += providers/skeleton/provider-skeleton
providers_skeleton_provider_skeleton_SOURCES = $(SKELETON_SOURCES) providers/skeleton/main.c
providers_skeleton_provider_skeleton_LDADD = $(LIBCURFEW) $(CORE_LIBS)
if PART_POLICY
check_PROGRAMS += t/unit/past-tool
endif
t_unit_past_tool_SOURCES = t/unit/past-tool.c
t_unit_past_tool_LDADD = lib/libpolicy.a $(PROGRAM_LIBS) $(GLIB_LIBS) $(SQLITE_LIBS)
t_unit_list_tool_SOURCES = t/unit/list-tool.c
t_unit_list_tool_LDADD = $(PROGRAM_LIBS)
t_unit_range_tool_SOURCES = t/unit/range-tool.c
t_unit_range_tool_LDADD = $(LIBCURFEW) -lm
