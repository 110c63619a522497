# SPDX-License-Identifier: GPL-3.0-or-later
CURFEW_PROVIDER([xrdp], [XCB], [xrdp's remote desktops on this machine], [xrdp])
