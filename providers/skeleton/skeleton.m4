# SPDX-License-Identifier: GPL-3.0-or-later
CURFEW_PROVIDER([skeleton], [], [a provider to copy])
