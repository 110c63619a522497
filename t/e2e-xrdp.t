#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The installed programs against a real xrdp and real clients: the scenario is
# t/isolate/scenario-xrdp, which runs in a throw-away root and prints the TAP.
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

my $missing = qx{bash -c '. "\$0/xrdp.sh"; xrdp_missing; command -v jq >/dev/null || echo jq' "$isolate"};
skip('needs these packages: ' . join q{ }, split q{ }, $missing) if $missing ne q{};
my $refusal = qx{"$isolate/isolate" /bin/true 2>&1};
skip($refusal =~ s/\s+/ /gr) if $? >> 8 == 77;

# A bound on the whole; isolate passes the signal on to everything inside.
exec 'timeout', '-k', '5', '1800', "$isolate/isolate", "$isolate/scenario-xrdp" or die "exec: $!\n";
