# SPDX-License-Identifier: GPL-3.0-or-later
CURFEW_PROVIDER([avd], [CURL], [Azure Virtual Desktop (its REST interface)])
