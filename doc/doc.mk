# SPDX-License-Identifier: GPL-3.0-or-later
EXTRA_DIST += doc/curfew.schema.json
EXTRA_DIST += doc/json.md
EXTRA_DIST += doc/thresholds.md
EXTRA_DIST += doc/logind.md
dist_man_MANS += doc/curfew-logind.7
