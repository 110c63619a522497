# SPDX-License-Identifier: GPL-3.0-or-later
CURFEW_PROVIDER([tsts], [SAMBA], [Windows session hosts (MS-TSTS over SMB)])
