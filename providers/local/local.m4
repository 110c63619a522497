# SPDX-License-Identifier: GPL-3.0-or-later
CURFEW_PROVIDER([local], [SYSTEMD XCB], [every Linux provider of this machine])
