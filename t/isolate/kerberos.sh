# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A Kerberos realm on loopback, inside t/isolate/isolate: MIT's KDC for RIG.TEST.
# To be sourced after windows.sh, which brings wait_for:
#
#   start_kdc [PROGRAM...]         on 127.0.0.1, port 88, as /etc/krb5.conf says here; by way of e.g. at_time
#   add_principal NAME OPTION...   e.g. admin -pw secret-admin
#   add_keytab FILE NAME...        new random keys for these principals, in a keytab
#   stop_kdc
#   at_time +10m COMMAND...        as if it were that much later

kdc=/srv/kdc
kdc_pid=
export KRB5_KDC_PROFILE=$kdc/kdc.conf

# For callers that run where it may not be installed: the packages that are missing.
kerberos_missing() {
	local program

	for program in krb5kdc:krb5-kdc kdb5_util:krb5-kdc kadmin.local:krb5-admin-server kinit:krb5-user; do
		command -v "${program%%:*}" >/dev/null || echo "${program##*:}"
	done
	[ -n "$(libfaketime)" ] || echo libfaketime
}

libfaketime() {
	compgen -G '/usr/lib/*/faketime/libfaketime.so.1'
}

# In place of the program faketime, which stays in between and passes no signals on.
at_time() {
	exec env LD_PRELOAD="$(libfaketime)" FAKETIME="$1" "${@:2}"
}

kadmin_do() {
	kadmin.local -q "$*" >>"$kdc/log" 2>&1
}

# A PAC says who somebody is in a domain of Windows; without one smbd asks its own list of users.
init_kdc() {
	mkdir -p "$kdc"
	cat >/etc/krb5.conf <<-'END'
		[libdefaults]
		default_realm = RIG.TEST
		dns_lookup_kdc = false
		dns_lookup_realm = false
		rdns = false
		[realms]
		RIG.TEST = {
			kdc = 127.0.0.1:88
		}
		[domain_realm]
		.rig.test = RIG.TEST
	END
	cat >"$KRB5_KDC_PROFILE" <<-END
		[kdcdefaults]
		kdc_listen = 127.0.0.1:88
		kdc_tcp_listen = 127.0.0.1:88
		[realms]
		RIG.TEST = {
			database_name = $kdc/principal
			key_stash_file = $kdc/stash
			acl_file = $kdc/acl
			disable_pac = true
		}
	END
	kdb5_util create -s -r RIG.TEST -P master >>"$kdc/log" 2>&1
}

start_kdc() {
	[ -e "$KRB5_KDC_PROFILE" ] || init_kdc
	"$@" krb5kdc -n >>"$kdc/log" 2>&1 &
	kdc_pid=$!
	wait_for listens 88
}

stop_kdc() {
	kill "$kdc_pid"
	wait "$kdc_pid"
}

add_principal() {
	kadmin_do addprinc "${@:2}" "$1"
}

add_keytab() {
	kadmin_do ktadd -k "$1" "${@:2}"
}
