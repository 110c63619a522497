# SPDX-License-Identifier: GPL-3.0-or-later
# A new unit test: one line here and its two variables (see clock).
UNIT_TESTS += t/unit/clock
t_unit_clock_SOURCES = t/unit/clock.c
t_unit_clock_LDADD = $(UNIT_LIBS)
