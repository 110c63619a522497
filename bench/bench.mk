# SPDX-License-Identifier: GPL-3.0-or-later
# Figures with public tools, side by side with a peer in one run (doc/design/bench.md).
EXTRA_DIST += \
	bench/Bench.pm \
	bench/avd \
	bench/icinga2 \
	bench/isolated-sessions \
	bench/rds \
	bench/run \
	bench/tsts \
	bench/winrm
EXTRA_PROGRAMS += bench/starts bench/trivial
bench_starts_SOURCES = bench/starts.c
bench_trivial_SOURCES = bench/trivial.c
CLEANFILES += bench/starts$(EXEEXT) bench/trivial$(EXEEXT)
.PHONY: bench
bench: all $(WINDOWS_HOST) bench/starts bench/trivial
	$(PERL) $(srcdir)/bench/run $(abs_builddir)
