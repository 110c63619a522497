#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The installed programs against a Windows host on loopback: a real smbd with
# t/servers/tsts behind it.  The scenario is t/isolate/scenario-tsts, which runs
# in a throw-away root and prints the TAP.
use strict;
use warnings;

my $isolate = "$ENV{CURFEW_SRCDIR}/t/isolate";

# Where everything ought to be there (CURFEW_CI=1), what is missing is a failure.
sub skip {
    my ($reason) = @_;
    if ($ENV{CURFEW_CI}) {
        print "1..1\nnot ok 1 - $reason\n";
        exit 1;
    }
    print "1..0 # SKIP $reason\n";
    exit 0;
}

-x "$ENV{CURFEW_BUILDDIR}/providers/tsts/provider-tsts"
    or skip('the provider tsts is not built: it needs samba-dev');
-x "$ENV{CURFEW_BUILDDIR}/t/servers/tsts/windows-host"
    or skip('the Windows host (t/servers/tsts) is not built: it needs samba-dev, and the private libraries of Samba 4.17');
my $missing = qx{bash -c '. "\$0/windows.sh"; windows_missing; command -v jq >/dev/null || echo jq' "$isolate"};
skip('needs these packages: ' . join q{ }, split q{ }, $missing) if $missing ne q{};
my $refusal = qx{"$isolate/isolate" /bin/true 2>&1};
skip($refusal =~ s/\s+/ /gr) if $? >> 8 == 77;

# A bound on the whole; isolate passes the signal on to everything inside.
exec 'timeout', '-k', '5', '240', "$isolate/isolate", "$isolate/scenario-tsts" or die "exec: $!\n";
