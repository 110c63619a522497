# SPDX-License-Identifier: GPL-3.0-or-later
CURFEW_PROVIDER([sim], [], [a farm played from a file], [sim sim_worker])
