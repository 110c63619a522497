# SPDX-License-Identifier: GPL-3.0-or-later
# For t/wtsapi*.t: a program that is linked with WinPR, the module once more under ThreadSanitizer, and
# modules that nobody would want to load.
if PART_WTSAPI
check_PROGRAMS += t/unit/wts-client
t_unit_wts_client_SOURCES = t/unit/wts-client.c
t_unit_wts_client_CFLAGS = $(AM_CFLAGS) $(WINPR_CFLAGS) -pthread
t_unit_wts_client_LDADD = $(WINPR_LIBS)
endif

if PART_WTSAPI
if HAVE_TSAN
check_PROGRAMS += t/unit/wts-threads
t_unit_wts_threads_SOURCES = t/unit/wts-threads.c $(WTSAPI_SOURCES)
t_unit_wts_threads_CFLAGS = $(WTSAPI_CFLAGS) -fsanitize=thread
t_unit_wts_threads_LDFLAGS = $(AM_LDFLAGS) -Wl,--export-dynamic-symbol=SetLastError
t_unit_wts_threads_LDADD =
endif
endif

if PROVIDER_WTS
check_PROGRAMS += t/unit/wts-bad.so
t_unit_wts_bad_so_SOURCES = t/unit/wts-bad.c
t_unit_wts_bad_so_CFLAGS = $(AM_CFLAGS) $(WINPR_CFLAGS) -fPIC
t_unit_wts_bad_so_LDFLAGS = -shared $(SANITIZER_FLAGS)
t_unit_wts_bad_so_LDADD =
endif

if PART_WTSAPI
UNIT_TESTS += t/unit/wtsapi
t_unit_wtsapi_SOURCES = t/unit/wtsapi.c wtsapi/numbers.c wtsapi/message.c wtsapi/strings.c
t_unit_wtsapi_CFLAGS = $(AM_CFLAGS) $(WINPR_CFLAGS)
endif

if PROVIDER_WTS
UNIT_TESTS += t/unit/wts_fill
t_unit_wts_fill_SOURCES = t/unit/wts_fill.c providers/wts/fill.c
endif
