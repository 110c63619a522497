# SPDX-License-Identifier: GPL-3.0-or-later
# A Windows session host on loopback: built where the private
# libraries of the Samba that is installed allow it.
if WINDOWS_RIG
WINDOWS_HOST = t/servers/tsts/windows-host
check_PROGRAMS += $(WINDOWS_HOST) t/servers/tsts/deaf-samba.so
endif
t_servers_tsts_windows_host_SOURCES = \
	t/servers/tsts/calls.c t/servers/tsts/calls.h \
	t/servers/tsts/control.c t/servers/tsts/control.h \
	t/servers/tsts/handle.c \
	t/servers/tsts/host.c t/servers/tsts/host.h \
	t/servers/tsts/legacy.c \
	t/servers/tsts/lsm.c \
	t/servers/tsts/main.c \
	t/servers/tsts/private.h \
	t/servers/tsts/rcm.c \
	t/servers/tsts/server.c t/servers/tsts/server.h \
	t/servers/tsts/srvs.c \
	t/servers/tsts/stub.c t/servers/tsts/stub.h \
	t/servers/tsts/view.c \
	t/servers/tsts/visitor.c t/servers/tsts/visitor.h
if !PROVIDER_SIM
t_servers_tsts_windows_host_SOURCES += $(SIM_SOURCES)
endif
t_servers_tsts_windows_host_CFLAGS = $(AM_CFLAGS) $(WINDOWS_RIG_CFLAGS)
t_servers_tsts_windows_host_LDADD = $(LIBCURFEW) $(LIBPROVIDERS) $(LIBCURFEW) $(CORE_LIBS) $(WINDOWS_RIG_LIBS)
t_servers_tsts_deaf_samba_so_SOURCES = t/servers/tsts/deaf-samba.c
t_servers_tsts_deaf_samba_so_CFLAGS = $(AM_CFLAGS) -fPIC
t_servers_tsts_deaf_samba_so_LDFLAGS = -shared $(SANITIZER_FLAGS)
t_servers_tsts_deaf_samba_so_LDADD =
