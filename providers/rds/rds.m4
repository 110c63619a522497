# SPDX-License-Identifier: GPL-3.0-or-later
CURFEW_PROVIDER([rds], [CURL EXPAT GSSAPI], [RDS collections through their connection broker])
