# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += lib/libcurfew.a
lib_libcurfew_a_SOURCES = \
	lib/address.c lib/address.h \
	lib/allowance.c lib/allowance.h \
	lib/arena.c lib/arena.h \
	lib/audit.c lib/audit.h \
	lib/audit_recent.c lib/audit_recent.h \
	lib/buffer.c lib/buffer.h \
	lib/classify.c lib/classify.h \
	lib/clock.c lib/clock.h \
	lib/collect.c lib/collect.h \
	lib/collect_workers.c lib/collect_workers.h \
	lib/config.c lib/config.h \
	lib/config_check.c lib/config_check.h \
	lib/config_ranges.c lib/config_ranges.h \
	lib/config_read.c lib/config_read.h \
	lib/config_targets.c \
	lib/credentials.c lib/credentials.h \
	lib/error.c lib/error.h \
	lib/error_json.c \
	lib/event.c lib/event.h \
	lib/filetime.c lib/filetime.h \
	lib/handler.c lib/handler.h \
	lib/help.c \
	lib/help_completion.c \
	lib/help_doc.c \
	lib/host_lock.c lib/host_lock.h \
	lib/host_names.c lib/host_names.h \
	lib/limits.c lib/limits.h \
	lib/log.c lib/log.h \
	lib/memory.c lib/memory.h \
	lib/name_index.c lib/name_index.h \
	lib/nearest.c lib/nearest.h \
	lib/names.c lib/names.h \
	lib/options.c lib/options.h \
	lib/options_parse.c \
	lib/output.c lib/output.h \
	lib/owners.c lib/owners.h \
	lib/perfdata.c lib/perfdata.h \
	lib/picked.c lib/picked.h \
	lib/plan.c lib/plan.h \
	lib/programs.c lib/programs.h \
	lib/provider.c lib/provider.h \
	lib/questions.c lib/questions.h \
	lib/recent.c lib/recent.h \
	lib/remedy.c lib/remedy.h \
	lib/remedy_act.c \
	lib/remedy_audit.c \
	lib/remedy_json.c \
	lib/remedy_lanes.c \
	lib/remedy_limits.c \
	lib/remedy_memory.c \
	lib/remedy_orders.c \
	lib/remedy_result.c \
	lib/remedy_run.h \
	lib/remedy_text.c \
	lib/remedy_watch.c \
	lib/remedy_writer.h \
	lib/report.c lib/report.h \
	lib/report_diagnosis.c \
	lib/report_headline.c \
	lib/report_json.c \
	lib/report_parts.h \
	lib/report_perfdata.c \
	lib/report_sessions.c \
	lib/report_text.c \
	lib/section.c lib/section.h \
	lib/select.c lib/select.h \
	lib/session.c lib/session.h \
	lib/session_json.c lib/session_json.h \
	lib/settings.c lib/settings.h \
	lib/state.c lib/state.h \
	lib/table.c lib/table.h \
	lib/target.c lib/target.h \
	lib/terminal.c lib/terminal.h \
	lib/text.c lib/text.h \
	lib/threshold.c lib/threshold.h \
	lib/trust.c lib/trust.h \
	lib/worker.h \
	lib/worker_client.c \
	lib/worker_main.c \
	lib/worker_process.c lib/worker_process.h \
	lib/worker_protocol.c lib/worker_protocol.h \
	lib/worker_serve.c
