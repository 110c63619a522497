# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What scenarios of tsts do with the installed programs, and how they look at the
# result.  To be sourced after tap.sh; the configuration is /srv/curfew.conf, the
# farm that the Windows host plays is $farm.

seen=
acts=0
took=0
deadline=0

# target NAME URL [CREDENTIALS [LINE...]]: a section of the configuration; CREDENTIALS "": without.
target() {
	local name=$1 url=$2 credentials=${3-admin}

	shift 2
	[ $# -eq 0 ] || shift
	printf '[target %s]\nurl = %s\n' "$name" "$url"
	[ -z "$credentials" ] || printf 'credentials = %s\n' "$credentials"
	[ $# -eq 0 ] || printf '%s\n' "$@"
}

# login_file USER PASSWORD SUFFIX: credentials USERSUFFIX, "@" and what follows left out of that name.
login_file() {
	local user=$1 password=$2 name=${1%%@*}$3

	(umask 077 && printf 'username = %s\npassword = %s\n' "$user" "$password" >"/srv/$name.auth")
	printf '[credentials %s]\nfile = /srv/%s.auth\n' "$name" "$name"
}

check() {
	check_sessions --config /srv/curfew.conf "$@" >/tmp/check.out 2>&1
}

# What the check sees now, as JSON, in $seen.
look() {
	seen=$(check_sessions --config /srv/curfew.conf -T "$1" --output json)
}

# What sim: sees of the same farm.
look_behind() {
	seen=$(check_sessions -T "sim:$farm#$1" --output json)
}

# field USER PATH: of the user's session in $seen; "none" if there is no session.
field() {
	jq -r --arg user "$1" "[.targets[0].snapshot.sessions[] | select(.user == \$user)] | if . == [] then \"none\" else .[0].$2 end" \
		<<<"$seen"
}

# now USER PATH: as sim: has it at this moment.
now() (
	look_behind ts01
	field "$1" "$2"
)

state_is() {
	[ "$(now "$1" state)" = "$2" ]
}

# act disconnect|logoff|message ARGUMENT...: on ts01, with limits and an audit of its own.
act() {
	local what=$1

	shift
	acts=$((acts + 1))
	[ "$what" = message ] || set -- --max-percent 100 --max-acts 100 "$@"
	"${what}_sessions" --config /srv/curfew.conf --state-dir "/srv/state.$acts" "$@" >/tmp/act.out 2>&1
}

# ordered_in SECONDS WHAT ARGUMENT...: an act that is ordered and waited for until its --timeout.  What comes before the
# order takes its time, too, on a loaded machine more: SECONDS, and if that was not enough 4 and 16 times that.
ordered_in() {
	local least=$1 status

	shift
	for deadline in "$least" $((4 * least)) $((16 * least)); do
		act "$@" -t "${deadline}s"
		status=$?
		! grep -q 'ordered' /tmp/act.out || break
	done
	return "$status"
}

# ms since $1, an EPOCHREALTIME.
ms_since() {
	echo $(((${EPOCHREALTIME/./} - ${1/./}) / 1000))
}

# settled SECONDS TEXT TARGET [OPTION...]: a check that is to cost its --target-timeout, and has TEXT in its output, in
# twice that time.  What comes before the fault takes its time, too, on a loaded machine more: the deadline is SECONDS,
# and if that was not enough 4 and 16 times that.  $deadline is what it was at last, $took what the check took.
settled() {
	local least=$1 text=$2 status begun

	shift 2
	for deadline in "$least" $((4 * least)) $((16 * least)); do
		begun=$EPOCHREALTIME
		check -T "$@" --target-timeout "${deadline}s" -t "$((4 * deadline + 1))s"
		status=$?
		took=$(ms_since "$begun")
		# -z: TEXT may go over many lines.
		! grep -Pzqi -- "(?s)$text" /tmp/check.out || [ "$took" -ge $((2000 * deadline)) ] || break
	done
	return "$status"
}

# costs_deadline NAME: the check of before.
costs_deadline() {
	ok "$1" test "$took" -ge $((900 * deadline)) -a "$took" -lt $((2000 * deadline)) || diag "$took ms of $deadline s"
}

# says NAME STATUS TEXT TARGET [OPTION...]: a check that fails in this way.
says() {
	local name=$1 status=$2 text=$3 begun=$EPOCHREALTIME

	shift 3
	check -T "$@"
	is "$name" $? "$status" || diag "$(cat /tmp/check.out)"
	took=$(ms_since "$begun")
	ok '… and says so' grep -qi -- "$text" /tmp/check.out || diag "$(cat /tmp/check.out)"
}
