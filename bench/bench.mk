# SPDX-License-Identifier: GPL-3.0-or-later
# Figures with public tools, side by side with a peer in one run (doc/design/bench.md).
EXTRA_DIST += \
	bench/Bench.pm \
	bench/avd \
	bench/isolated-sessions \
	bench/rds \
	bench/run \
	bench/tsts \
	bench/winrm
.PHONY: bench
bench: all $(WINDOWS_HOST)
	$(PERL) $(srcdir)/bench/run $(abs_builddir)
