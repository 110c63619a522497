# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += lib/libcurfew.a
lib_libcurfew_a_SOURCES = \
	lib/arena.c lib/arena.h \
	lib/audit.c lib/audit.h \
	lib/audit_recent.c \
	lib/buffer.c lib/buffer.h \
	lib/classify.c lib/classify.h \
	lib/clock.c lib/clock.h \
	lib/credentials.c lib/credentials.h \
	lib/collect.c lib/collect.h \
	lib/collect_workers.c lib/collect_workers.h \
	lib/error.c lib/error.h \
	lib/event.c lib/event.h \
	lib/perfdata.c lib/perfdata.h \
	lib/provider.c lib/provider.h \
	lib/log.c lib/log.h \
	lib/select.c lib/select.h \
	lib/session.c lib/session.h \
	lib/session_json.c lib/session_json.h \
	lib/state.c lib/state.h \
	lib/terminal.c lib/terminal.h \
	lib/target.c lib/target.h \
	lib/text.c lib/text.h \
	lib/threshold.c lib/threshold.h \
	lib/trust.c lib/trust.h \
	lib/worker.h \
	lib/worker_client.c \
	lib/worker_main.c \
	lib/worker_process.c lib/worker_process.h \
	lib/worker_protocol.c lib/worker_protocol.h \
	lib/worker_serve.c
