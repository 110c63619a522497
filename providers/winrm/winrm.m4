# SPDX-License-Identifier: GPL-3.0-or-later
CURFEW_PROVIDER([winrm], [CURL EXPAT GSSAPI], [WinRM shells (WS-Management)])
