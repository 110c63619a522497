# SPDX-License-Identifier: GPL-3.0-or-later
# A new unit test: one line here and its two variables (see clock).
UNIT_TESTS += t/unit/clock
t_unit_clock_SOURCES = t/unit/clock.c
t_unit_clock_LDADD = $(UNIT_LIBS)

# Tests of what names targets play with t/unit/fake.c's providers.
UNIT_TESTS += t/unit/credentials
t_unit_credentials_SOURCES = t/unit/credentials.c t/unit/file.h
t_unit_credentials_LDADD = $(UNIT_LIBS)

UNIT_TESTS += t/unit/target
t_unit_target_SOURCES = t/unit/target.c t/unit/fake.c
t_unit_target_LDADD = $(UNIT_LIBS)
