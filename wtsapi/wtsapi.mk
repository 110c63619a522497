# SPDX-License-Identifier: GPL-3.0-or-later
# The module is loaded into other people's programs: it is made of its own few files, five of the core that need
# nothing but libc, and libc.  Whatever needs more is in the broker.
WTSAPI_SOURCES = \
	lib/base/clock.c lib/base/clock.h \
	lib/base/hash.c lib/base/hash.h \
	lib/base/root_owned.c lib/base/root_owned.h \
	lib/child/pidfd.c lib/child/pidfd.h \
	lib/child/spawn.h lib/child/spawn_program.c \
	wtsapi/act.c \
	wtsapi/ask.c wtsapi/ask.h \
	wtsapi/calls.h \
	wtsapi/enumerate.c \
	wtsapi/failure.c wtsapi/failure.h \
	wtsapi/numbers.c wtsapi/numbers.h \
	wtsapi/info.c wtsapi/info.h \
	wtsapi/list.c wtsapi/list.h \
	wtsapi/message.c wtsapi/message.h \
	wtsapi/query.c \
	wtsapi/server.c wtsapi/server.h \
	wtsapi/strings.c wtsapi/strings.h \
	wtsapi/table.c wtsapi/table.h \
	wtsapi/unsupported.c
WTSAPI_CFLAGS = $(AM_CFLAGS) $(WINPR_CFLAGS) -fPIC -pthread

EXTRA_DIST += wtsapi/curfew-wtsapi.map

if PART_WTSAPI
curfewmoduledir = $(libdir)/curfew
curfewmodule_PROGRAMS = wtsapi/curfew-wtsapi.so
wtsapi_curfew_wtsapi_so_SOURCES = $(WTSAPI_SOURCES)
wtsapi_curfew_wtsapi_so_CFLAGS = $(WTSAPI_CFLAGS) -fvisibility=hidden
wtsapi_curfew_wtsapi_so_LDFLAGS = -shared $(MODULE_LDFLAGS) $(SANITIZER_FLAGS) \
	-Wl,--version-script=$(srcdir)/wtsapi/curfew-wtsapi.map -Wl,-soname,curfew-wtsapi.so
wtsapi_curfew_wtsapi_so_LDADD =
EXTRA_wtsapi_curfew_wtsapi_so_DEPENDENCIES = wtsapi/curfew-wtsapi.map

curfewlibexec_PROGRAMS += wtsapi/curfew-wtsapi-broker
wtsapi_curfew_wtsapi_broker_SOURCES = \
	wtsapi/broker/acting.c \
	wtsapi/broker/broker.h \
	wtsapi/broker/listing.c \
	wtsapi/broker/main.c \
	wtsapi/broker/rules.c \
	wtsapi/message.c wtsapi/message.h
wtsapi_curfew_wtsapi_broker_LDADD = $(PROGRAM_LIBS)
endif
