# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Waiting for servers, inside t/isolate/isolate.  To be sourced:
#
#   . wait.sh
#   wait_for CONDITION...          a command until it succeeds, 60 seconds at most
#   listens PORT                   does somebody listen on it?

exec {wait_nothing}<> <(:)

wait_for() {
	local end=$((SECONDS + 60))

	until "$@" >/dev/null 2>&1; do
		if [ "$SECONDS" -ge "$end" ]; then
			echo "timed out waiting for: $*" >&2
			return 1
		fi
		# A pause without a process: nobody writes to this descriptor.
		read -r -t 0.03 -u "$wait_nothing" _ || :
	done
}

listens() {
	ss -Hltn "sport = :$1" | grep -q .
}
