# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += lib/libcurfew.a
lib_libcurfew_a_SOURCES = \
	lib/base/address.c lib/base/address.h \
	lib/base/arena.c lib/base/arena.h \
	lib/base/buffer.c lib/base/buffer.h \
	lib/base/clock.c lib/base/clock.h \
	lib/base/error.c lib/base/error.h \
	lib/base/hash.c lib/base/hash.h \
	lib/base/log.c lib/base/log.h lib/base/member.h \
	lib/base/memory.c lib/base/memory.h \
	lib/base/name_index.c lib/base/name_index.h \
	lib/base/nearest.c lib/base/nearest.h \
	lib/base/output.c lib/base/output.h \
	lib/base/root_owned.c lib/base/root_owned.h \
	lib/base/table.c lib/base/table.h \
	lib/base/terminal.c lib/base/terminal.h \
	lib/base/normal_form.c lib/base/normal_form.h \
	lib/base/text.c lib/base/text.h \
	lib/base/trust.c lib/base/trust.h \
	lib/base/utf8.c lib/base/utf8.h \
	lib/child/child.c lib/child/child.h \
	lib/child/pidfd.c lib/child/pidfd.h \
	lib/child/protocol.c lib/child/protocol.h \
	lib/child/spawn.h \
	lib/child/spawn_copy.c \
	lib/child/spawn_program.c \
	lib/session/error_json.c \
	lib/session/fields.c lib/session/fields.h \
	lib/session/filetime.c lib/session/filetime.h \
	lib/session/names.c lib/session/names.h \
	lib/session/owners.c lib/session/owners.h \
	lib/session/session.c lib/session/session.h \
	lib/session/session_copy.c \
	lib/session/session_json.c lib/session/session_json.h \
	lib/session/session_json_read.c \
	lib/session/session_write.c lib/session/session_write.h \
	lib/tape/exclusive.c lib/tape/exclusive.h \
	lib/tape/recording.c lib/tape/recording.h \
	lib/tape/redact.c lib/tape/redact.h \
	lib/tape/redact_body.c \
	lib/tape/redact_words.c \
	lib/tape/tape.c lib/tape/tape.h \
	lib/target/credentials.c lib/target/credentials.h \
	lib/target/host_names.c lib/target/host_names.h \
	lib/target/provider.c lib/target/provider.h \
	lib/target/target.c lib/target/target.h \
	lib/target/target_parse.c lib/target/target_parse.h \
	lib/judge/classify.c lib/judge/classify.h \
	lib/judge/perfdata.c lib/judge/perfdata.h \
	lib/judge/exclusions.c lib/judge/exclusions.h \
	lib/judge/select.c lib/judge/select.h \
	lib/judge/threshold.c lib/judge/threshold.h \
	lib/policy/policy_parse.c \
	lib/policy/schedule_parse.c \
	lib/policy/zone_name.c lib/policy/zone_name.h \
	lib/config/command_line.c lib/config/command_line.h \
	lib/config/config.c lib/config/config.h \
	lib/config/config_check.c lib/config/config_check.h \
	lib/config/config_load.c lib/config/config_load.h \
	lib/config/config_policy.c lib/config/config_policy.h \
	lib/config/config_ranges.c lib/config/config_ranges.h \
	lib/config/config_read.c lib/config/config_read.h \
	lib/config/config_targets.c \
	lib/config/help.c lib/config/help.h \
	lib/config/help_bash.c \
	lib/config/help_doc.c \
	lib/config/help_zsh.c \
	lib/config/option_apply.c lib/config/option_apply.h \
	lib/config/option_check.c lib/config/option_check.h \
	lib/config/option_level.c lib/config/option_level.h \
	lib/config/option_table.c lib/config/option_table.h \
	lib/config/options.h \
	lib/config/options_parse.c lib/config/options_parse.h \
	lib/config/programs.c lib/config/programs.h \
	lib/config/questions.c lib/config/questions.h \
	lib/config/section.c lib/config/section.h \
	lib/config/settings.c lib/config/settings.h \
	lib/collect/collect.c lib/collect/collect.h \
	lib/collect/collect_options.h \
	lib/collect/collect_queue.c lib/collect/collect_queue.h \
	lib/collect/collect_workers.c lib/collect/collect_workers.h \
	lib/collect/event.c lib/collect/event.h \
	lib/collect/worker.h \
	lib/collect/worker_client.c \
	lib/collect/worker_main.c \
	lib/collect/worker_process.c lib/collect/worker_process.h \
	lib/collect/worker_protocol.c lib/collect/worker_protocol.h \
	lib/collect/worker_serve.c \
	lib/report/foresight.h \
	lib/report/report.c lib/report/report.h \
	lib/report/report_diagnosis.c \
	lib/report/report_exclusions.c \
	lib/report/report_headline.c \
	lib/report/report_json.c \
	lib/report/report_parts.h \
	lib/report/report_policies.c \
	lib/report/report_perfdata.c \
	lib/report/report_sessions.c \
	lib/report/report_text.c \
	lib/act/allowance.c lib/act/allowance.h \
	lib/act/audit.c lib/act/audit.h \
	lib/act/audit_recent.c lib/act/audit_recent.h \
	lib/act/handler.c lib/act/handler.h \
	lib/act/host_lock.c lib/act/host_lock.h \
	lib/act/limits.c lib/act/limits.h \
	lib/act/picked.c lib/act/picked.h \
	lib/act/plan.c lib/act/plan.h \
	lib/act/recent.c lib/act/recent.h \
	lib/act/remedy.h \
	lib/act/remedy_whole.c lib/act/remedy_whole.h \
	lib/act/remedy_act.c \
	lib/act/remedy_audit.c \
	lib/act/remedy_json.c \
	lib/act/remedy_lanes.c \
	lib/act/remedy_limits.c \
	lib/act/remedy_memory.c \
	lib/act/remedy_orders.c \
	lib/act/remedy_result.c \
	lib/act/remedy_run.c lib/act/remedy_run.h \
	lib/act/remedy_text.c \
	lib/act/remedy_watch.c \
	lib/act/remedy_writer.h \
	lib/act/state.c lib/act/state.h

# GLib reads the time zones and SQLite keeps the ledger: only what is about policies is linked with them.
if PART_POLICY
noinst_LIBRARIES += lib/libpolicy.a
endif
lib_libpolicy_a_SOURCES = \
	lib/enforce/enforce.c lib/enforce/enforce.h \
	lib/enforce/enforce_act.c \
	lib/enforce/enforce_explain.c lib/enforce/enforce_explain.h \
	lib/enforce/enforce_explain_audit.c \
	lib/enforce/enforce_explain_due.c \
	lib/enforce/enforce_foresee.c lib/enforce/enforce_foresee.h \
	lib/enforce/enforce_groups.c \
	lib/enforce/enforce_plan.c \
	lib/enforce/enforce_policies.c \
	lib/enforce/enforce_rehearse.c lib/enforce/enforce_rehearse.h \
	lib/enforce/enforce_run.h \
	lib/enforce/enforce_say.c \
	lib/enforce/enforce_words.c \
	lib/ledger/ledger.h \
	lib/ledger/ledger_clock.c lib/ledger/ledger_clock.h \
	lib/ledger/ledger_snooze.c \
	lib/ledger/ledger_file.c lib/ledger/ledger_file.h \
	lib/ledger/ledger_row.c \
	lib/ledger/ledger_history.c lib/ledger/ledger_history.h \
	lib/ledger/ledger_warnings.c lib/ledger/ledger_warnings.h \
	lib/ledger/ledger_schema.c \
	lib/ledger/ledger_see.c \
	lib/ledger/history.c lib/ledger/history.h \
	lib/rehearse/held.c lib/rehearse/held.h \
	lib/rehearse/openings.c lib/rehearse/openings.h \
	lib/rehearse/rehearsal.h \
	lib/rehearse/rehearsal_json.c \
	lib/rehearse/rehearsal_text.c \
	lib/rehearse/replay.c lib/rehearse/replay.h \
	lib/rehearse/tally.c lib/rehearse/tally.h \
	lib/policy/ladder.c lib/policy/ladder.h \
	lib/policy/policy.h \
	lib/policy/policy_decide.c \
	lib/policy/policy_match.c \
	lib/policy/policy_need.c lib/policy/policy_need.h \
	lib/policy/policy_text.c \
	lib/policy/schedule.c lib/policy/schedule.h \
	lib/policy/zone.c lib/policy/zone.h
lib_libpolicy_a_CFLAGS = $(AM_CFLAGS) $(GLIB_CFLAGS) $(SQLITE_CFLAGS)
