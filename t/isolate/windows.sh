# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A Windows session host on loopback, inside t/isolate/isolate: a real smbd with
# t/servers/tsts/windows-host behind it.  To be sourced:
#
#   . windows.sh
#   add_windows_user admin         an account whose password is "secret-admin"; before start_windows or after
#   start_windows FARM HOST        on ports 445 and 4450 of every 127.x.y.z
#   stop_smbd; start_smbd          between them nothing listens
#   control 'fault OpenEnum hang'  control.h has the lines; none: nothing is special
#   calls 'Logoff .*user=admin'    how many lines of the journal match

# shellcheck source=t/isolate/wait.sh
. "${BASH_SOURCE[0]%/*}/wait.sh"

windows=/srv/windows
windows_conf=$windows/smb.conf
windows_journal=$windows/journal

# For callers that run where it may not be installed: the packages that are missing.
windows_missing() {
	local program

	for program in smbd:samba pdbedit:samba-common-bin smbpasswd:samba-common-bin ss:iproute2; do
		command -v "${program%%:*}" >/dev/null || echo "${program##*:}"
	done
}

control() {
	printf '%s\n' "$@" >"$windows/control.new"
	mv "$windows/control.new" "$windows/control"
}

calls() {
	grep -Ec "^$1" "$windows_journal"
}

# A standalone server as strict as a domain's members are made: SMB 2.1, signing mandatory, no guests.
windows_init() {
	[ ! -e "$windows_conf" ] || return 0
	mkdir -p "$windows"/{private,lock,state,cache,pid,log,ncalrpc/np}
	chmod 700 "$windows/private" "$windows/ncalrpc/np"
	cat >"$windows_conf" <<-END
		[global]
		workgroup = RIG
		netbios name = RIGHOST
		server role = standalone
		private dir = $windows/private
		lock directory = $windows/lock
		state directory = $windows/state
		cache directory = $windows/cache
		pid directory = $windows/pid
		ncalrpc dir = $windows/ncalrpc
		log file = $windows/log/log
		log level = ${windows_log_level:-0}
		interfaces = lo 127.0.0.0/8
		bind interfaces only = no
		smb ports = 445 4450
		disable netbios = yes
		passdb backend = tdbsam:$windows/private/passdb.tdb
		server signing = mandatory
		server min protocol = SMB2_10
		map to guest = never
		restrict anonymous = 2
		load printers = no
		printcap name = /dev/null
		disable spoolss = yes
		rpc start on demand helpers = no
	END
	: >"$windows/control"
	: >"$windows_journal"
}

add_windows_user() {
	windows_init
	id "$1" >/dev/null 2>&1 || useradd -M -s /usr/sbin/nologin "$1"
	printf 'secret-%s\nsecret-%s\n' "$1" "$1" | smbpasswd -c "$windows_conf" -s -a "$1" >/dev/null
}

# start_smbd [PROGRAM ARGUMENT...]: by way of that program.  In a session of its own, because it ends its process group.
start_smbd() {
	"$@" setsid smbd -F --no-process-group -s "$windows_conf" >>"$windows/log/smbd" 2>&1 &
	windows_smbd=$!
	wait_for smbd_listens_or_ended
	smbd_listens || { diag "smbd did not start: $(tail -n 5 "$windows"/log/{smbd,log})"; return 1; }
}

smbd_listens_or_ended() {
	smbd_listens || ! kill -0 "$windows_smbd" 2>/dev/null
}

smbd_listens() {
	ss -Hltnp 'sport = :445' | grep -q "pid=$windows_smbd,"
}

smbd_gone() {
	! pgrep -s "$windows_smbd" >/dev/null && ! listens 445
}

# Processes of the old smbd may keep its port and its databases for a moment, which a new one needs.
stop_smbd() {
	kill "$windows_smbd" || diag "smbd ended by itself: $(tail -n 5 "$windows"/log/{smbd,log})"
	wait "$windows_smbd"
	wait_for smbd_gone
}

start_windows() {
	windows_init
	${WRAP-} "$CURFEW_BUILDDIR/t/servers/tsts/windows-host" "$windows_conf" "$windows/ncalrpc/np" "$1" "$2" "$windows/control" \
		"$windows_journal" >>"$windows/log/windows-host" 2>&1 &
	start_smbd && wait_for test -S "$windows/ncalrpc/np/lsm_api_service"
}
