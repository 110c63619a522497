# SPDX-License-Identifier: GPL-3.0-or-later
# `make soak`: months of a farm in minutes; t/simulation.t is a sample of it.
SIMULATION = t/simulation/simulate
# What the programs call is answered by calls.c and seams.c.
SIMULATION_WRAP = \
	-Wl,--wrap=__open64_2 -Wl,--wrap=clock_gettime -Wl,--wrap=close -Wl,--wrap=closedir -Wl,--wrap=collect_workers -Wl,--wrap=fdatasync \
	-Wl,--wrap=fdopen -Wl,--wrap=fdopendir -Wl,--wrap=ledger_see -Wl,--wrap=ledger_snoozed -Wl,--wrap=ledger_warned \
	-Wl,--wrap=flock -Wl,--wrap=fstat64 -Wl,--wrap=fstatat64 -Wl,--wrap=fsync -Wl,--wrap=ftruncate64 \
	-Wl,--wrap=getpid -Wl,--wrap=getrandom -Wl,--wrap=geteuid -Wl,--wrap=getuid -Wl,--wrap=group_called -Wl,--wrap=groups_of \
	-Wl,--wrap=mkdir -Wl,--wrap=nanosleep -Wl,--wrap=open -Wl,--wrap=open64 -Wl,--wrap=openat64 \
	-Wl,--wrap=policy_decide -Wl,--wrap=pread64 -Wl,--wrap=pthread_cond_timedwait \
	-Wl,--wrap=pthread_create -Wl,--wrap=pwrite64 -Wl,--wrap=read -Wl,--wrap=readdir64 -Wl,--wrap=rename -Wl,--wrap=renameat \
	-Wl,--wrap=setitimer -Wl,--wrap=write
if PART_POLICY
check_PROGRAMS += $(SIMULATION)
endif
t_simulation_simulate_SOURCES = \
	t/simulation/acts.c t/simulation/acts.h \
	t/simulation/calls.c t/simulation/calls.h t/simulation/calls_folder.c t/simulation/calls_time.c \
	t/simulation/chance.c t/simulation/chance.h \
	t/simulation/check.c t/simulation/check.h \
	t/simulation/clockwork.h \
	t/simulation/decisions.c \
	t/simulation/disk.c t/simulation/disk.h \
	t/simulation/events.c t/simulation/events.h \
	t/simulation/farm.c t/simulation/farm.h \
	t/simulation/hour.c t/simulation/hour.h \
	t/simulation/journal.c t/simulation/journal.h \
	t/simulation/model.c t/simulation/model.h \
	t/simulation/model_state.c t/simulation/model_state.h \
	t/simulation/overstay.c \
	t/simulation/people.c \
	t/simulation/policies.c \
	t/simulation/process.c t/simulation/process.h \
	t/simulation/say.c t/simulation/say.h \
	t/simulation/seams.c t/simulation/seams.h \
	t/simulation/simulate.c t/simulation/simulate.h \
	t/simulation/truth.c \
	t/simulation/vfs.c t/simulation/vfs.h t/simulation/vfs_file.h \
	t/simulation/vfs_locks.c \
	t/simulation/world.c t/simulation/world.h
t_simulation_simulate_LDADD = lib/libpolicy.a $(LIBCURFEW) $(CORE_LIBS) $(GLIB_LIBS) $(SQLITE_LIBS)
t_simulation_simulate_LDFLAGS = $(AM_LDFLAGS) $(SIMULATION_WRAP)
SLOW_TESTS += t/simulation.t
EXTRA_DIST += t/simulation/soak

.PHONY: soak soak-policy
soak: soak-policy
soak-policy: $(SIMULATION)
	$(srcdir)/t/simulation/soak $(SIMULATION)
EXTRA_DIST += t/simulation/mutate t/simulation/engines t/simulation/policies

# What fifteen other engines do, each as a policy of ours: the table of doc/design/policy.md.
.PHONY: engines
engines: $(SIMULATION)
	$(srcdir)/t/simulation/engines $(SIMULATION) $(srcdir)/t/simulation/policies

# Each safety rule is switched off in a copy of its file: is that noticed?
.PHONY: mutants
mutants: $(SIMULATION) t/unit/policy_steps
	$(srcdir)/t/simulation/mutate $(srcdir) '$(COMPILE) $(GLIB_CFLAGS) $(SQLITE_CFLAGS)' \
		'$(CCLD) $(AM_CFLAGS) $(CFLAGS) $(t_simulation_simulate_LDFLAGS) $(LDFLAGS)' \
		'$(t_simulation_simulate_OBJECTS) $(t_simulation_simulate_LDADD) $(LIBS)' \
		'$(t_unit_policy_steps_OBJECTS) $(t_unit_policy_steps_LDADD) $(LIBS)' $(MUTANTS)
