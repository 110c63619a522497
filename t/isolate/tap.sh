# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# TAP from a shell, and Curfew as it is installed, for what runs inside
# t/isolate/isolate.  To be sourced.

tap_count=0
tap_failed=0

# ok NAME COMMAND...: does the command succeed?  (These return it, so that "|| diag" can say more.)
ok() {
	local name=$1

	shift
	tap_count=$((tap_count + 1))
	if "$@"; then
		echo "ok $tap_count - $name"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_count - $name"
		return 1
	fi
}

# is NAME GOT WANTED
is() {
	local got=$2 wanted=$3

	ok "$1" test "$got" = "$wanted" && return
	diag "got '$got', wanted '$wanted'"
	return 1
}

differs() {
	ok "$1" test "$2" != "$3" && return
	diag "got '$2'"
	return 1
}

diag() {
	local line

	while IFS= read -r line; do
		echo "# $line" >&2
	done <<<"$*"
}

# The test can't go on.
bail() {
	diag "$*"
	echo "Bail out! $*"
	exit 1
}

# The end of every scenario: the plan, and the status for whoever doesn't read TAP.
done_testing() {
	echo "1..$tap_count"
	exit "$((tap_failed > 0))"
}

# A variable of the build's Makefile.  Make's own environment is none of ours: under `make -j check`
# it has make say which directory it is in.
make_variable() {
	# shellcheck disable=SC2016 # make's own $
	printf 'include Makefile\nprint-%%:\n\t@echo $($*)\n' |
		env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$CURFEW_BUILDDIR" -f - "print-$1"
}

# Root believes only programs that are installed: installs them, and puts them into PATH.
install_curfew() {
	make -s -C "$CURFEW_BUILDDIR" install >/tmp/install.out 2>&1 || bail "make install failed: $(tail -n 5 /tmp/install.out)"
	PATH=$(make_variable bindir):$(make_variable sbindir):$PATH
	export PATH
}
