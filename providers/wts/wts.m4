# SPDX-License-Identifier: GPL-3.0-or-later
CURFEW_PROVIDER([wts], [WINPR], [any WTSAPI module (FreeRDS, ogon)])
