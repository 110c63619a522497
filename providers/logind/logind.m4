# SPDX-License-Identifier: GPL-3.0-or-later
CURFEW_PROVIDER([logind], [SYSTEMD], [Linux logins (systemd-logind, utmp)])
