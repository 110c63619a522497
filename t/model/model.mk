# SPDX-License-Identifier: GPL-3.0-or-later
# `make model`: t/model/handlers.pml, tried in larger worlds than t/model.t tries by itself.
BLACKBOX_TESTS += t/model.t
EXTRA_DIST += t/model/handlers.pml

.PHONY: model
model: all
	CURFEW_MODEL=all $(MAKE) $(AM_MAKEFLAGS) check TESTS=t/model.t VERBOSE=1
