# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A real xrdp with real clients, inside t/isolate/isolate.  To be sourced:
#
#   . xrdp.sh
#   start_xrdp                     sesman and xrdp on 127.0.0.1:3389
#   add_user alice                 an account whose password only login knows
#   use_backend Xvnc               for the logins that follow; Xorg at first
#   login alice                    FreeRDP on an Xvfb of her own; returns once her program runs
#   touch_mouse alice              input, as her client sends it
#   program_of alice               the pid of the program in her session
#   client_of alice                the pid of her client
#   sockets_of alice               the folder of her session's sockets
#   window_in alice NAME           is there a window of that name in her session?
#   drop_client alice              as if her network had gone

# shellcheck source=t/isolate/wait.sh
. "${BASH_SOURCE[0]%/*}/wait.sh"

xrdp_work=/tmp/xrdp
declare -A xrdp_screen=() xrdp_client=()
xrdp_screens=0

# The client is called after its version since FreeRDP 3.
rdp_client() {
	command -v xfreerdp3 || command -v xfreerdp || echo xfreerdp
}

# For callers that run where it may not be installed: the packages that are missing.
xrdp_missing() {
	local program package

	for program in xrdp:xrdp /usr/lib/xorg/modules/libxorgxrdp.so:xorgxrdp Xvnc:tigervnc-standalone-server \
		$(rdp_client):freerdp3-x11 Xvfb:xvfb xterm:xterm xdotool:xdotool xwininfo:x11-utils ss:iproute2 openssl:openssl; do
		package=${program##*:}
		program=${program%:*}
		command -v "$program" >/dev/null || [ -e "$program" ] || echo "$package"
	done
}

start_xrdp() {
	mkdir -p "$xrdp_work"
	chmod 755 "$xrdp_work"
	cat >"$xrdp_work/session" <<-'END'
		#!/bin/sh
		rm -f ~/program.pid
		exec xterm -e sh -c 'echo $$ >~/program.new; mv ~/program.new ~/program.pid; exec cat'
	END
	chmod 755 "$xrdp_work/session"
	sed -i -e "s#^DefaultWindowManager=.*#DefaultWindowManager=$xrdp_work/session#" \
		-e 's#^EnableUserWindowManager=.*#EnableUserWindowManager=false#' \
		-e 's#^EnableSyslog=true#EnableSyslog=false#' /etc/xrdp/sesman.ini
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=localhost \
		-keyout "$xrdp_work/key.pem" -out "$xrdp_work/cert.pem" 2>/dev/null
	# xrdp 0.10.6 reads it as its own account; without it there is no TLS.
	! getent group xrdp >/dev/null || { chgrp xrdp "$xrdp_work/key.pem" && chmod 640 "$xrdp_work/key.pem"; }
	sed -i -e 's#^port=3389#port=tcp://127.0.0.1:3389#' -e 's#^autorun=.*#autorun=Xorg#' \
		-e "s#^certificate=.*#certificate=$xrdp_work/cert.pem#" -e "s#^key_file=.*#key_file=$xrdp_work/key.pem#" \
		-e 's#^EnableSyslog=true#EnableSyslog=false#' -e 's/^#EnableProcessId=false/EnableProcessId=true/' \
		/etc/xrdp/xrdp.ini
	sh /usr/share/xrdp/socksetup
	xrdp-sesman -n >"$xrdp_work/sesman.out" 2>&1 &
	xrdp -n >"$xrdp_work/xrdp.out" 2>&1 &
	wait_for listens 3389 && wait_for sesman_listens
}

# 0.9: a port; 0.10: a socket, in one folder or the other.
sesman_listens() {
	listens 3350 || [ -S /run/xrdp/sesman.socket ] || [ -S /run/xrdp/sockdir/sesman.socket ]
}

# The folder of the sockets of this user's session: 0.9 has one for all.
sockets_of() {
	local own

	own=/run/xrdp/sockdir/$(id -u "$1")
	if [ -d "$own" ]; then echo "$own"; else echo /run/xrdp/sockdir; fi
}

use_backend() {
	sed -i "s#^autorun=.*#autorun=$1#" /etc/xrdp/xrdp.ini
}

add_user() {
	useradd -m -s /bin/bash "$1"
	echo "$1:secret-$1" | chpasswd
}

connect() {
	local user=$1

	if [ -z "${xrdp_screen[$user]-}" ]; then
		xrdp_screen[$user]=:$((77 + xrdp_screens))
		xrdp_screens=$((xrdp_screens + 1))
		Xvfb "${xrdp_screen[$user]}" -screen 0 1024x768x24 -nolisten tcp >"$xrdp_work/screen-$user.out" 2>&1 &
		wait_for test -S "/tmp/.X11-unix/X${xrdp_screen[$user]#:}"
	fi
	DISPLAY=${xrdp_screen[$user]} HOME=$xrdp_work "$(rdp_client)" /v:127.0.0.1:3389 "/u:$user" "/p:secret-$user" /cert:ignore \
		/size:800x600 /bpp:32 /rfx /network:lan "/client-hostname:desk-$user" >"$xrdp_work/client-$user.out" 2>&1 </dev/null &
	xrdp_client[$user]=$!
}

# The session of this user has a client: its X server's (or VNC's) connection is there.
display_of() {
	pgrep -u "$1" -a -x 'Xorg|Xvnc|Xtigervnc' | grep -o ' :[0-9]*' | head -n 1 | tr -d ' :'
}

connected() {
	local display

	display=$(display_of "$1")
	[ -n "$display" ] || return 1
	ss -Hxn state established src "*/xrdp_display_$display" | grep -q . ||
		ss -Htn state established "sport = :$((5900 + display))" | grep -q .
}

program_runs() {
	[ -s "/home/$1/program.pid" ] && kill -0 "$(cat "/home/$1/program.pid")"
}

login() {
	connect "$1" && wait_for program_runs "$1" && wait_for connected "$1"
}

program_of() {
	cat "/home/$1/program.pid"
}

client_of() {
	echo "${xrdp_client[$1]}"
}

client_gone() {
	! kill -0 "${xrdp_client[$1]}" 2>/dev/null
}

drop_client() {
	kill -KILL "${xrdp_client[$1]}"
	wait "${xrdp_client[$1]}" 2>/dev/null || :
}

touch_mouse() {
	local x=$((200 + RANDOM % 300)) y=$((200 + RANDOM % 200))

	DISPLAY=${xrdp_screen[$1]} xdotool mousemove "$x" "$y" mousemove_relative 3 3
}

# A program as the user on the display of the user's session.
in_session() {
	local user=$1

	shift
	setpriv --reuid "$user" --regid "$user" --init-groups env -i PATH=/usr/bin:/bin "HOME=/home/$user" \
		"DISPLAY=:$(display_of "$user")" "$@"
}

window_in() {
	in_session "$1" xwininfo -root -tree | grep -a -q "\"$2\""
}
