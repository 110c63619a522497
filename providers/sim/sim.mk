# SPDX-License-Identifier: GPL-3.0-or-later
dist_man_MANS += doc/curfew-sim.7
dist_designdoc_DATA += doc/design/sim.md

# Without the provider, the Windows host of the tests (t/servers/tsts) still plays its farm.
SIM_SOURCES = \
	providers/sim/act.c \
	providers/sim/connection.h \
	providers/sim/farm.c providers/sim/farm.h \
	providers/sim/fault.c \
	providers/sim/keys.c \
	providers/sim/many.c \
	providers/sim/play.c providers/sim/play.h \
	providers/sim/reading.h \
	providers/sim/sim.c providers/sim/sim.h \
	providers/sim/store.c providers/sim/store.h \
	providers/sim/value.c providers/sim/value.h

if PROVIDER_SIM
providers_libproviders_a_SOURCES += $(SIM_SOURCES)

dist_pkgdata_DATA = providers/sim/demo.sim

curfewlibexec_PROGRAMS += providers/sim/provider-sim
providers_sim_provider_sim_SOURCES = providers/sim/main.c
providers_sim_provider_sim_LDADD = $(PROGRAM_LIBS)
endif
