# SPDX-License-Identifier: GPL-3.0-or-later
# The throw-away root that end-to-end tests run in, and what they share there.
EXTRA_DIST += \
	t/isolate/isolate
