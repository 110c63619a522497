# SPDX-License-Identifier: GPL-3.0-or-later
# Windows - runs a scenario of t/isolate with a Windows host on loopback: a real smbd
# with t/servers/tsts behind it.  The scenario prints the TAP.
#
#   use Windows;
#   Windows::play('scenario-tsts', 120);                     # seconds
#   Windows::play('scenario-tsts-kerberos', 120, 'kerberos'); # with kerberos.sh's packages
package Windows;

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

sub play {
    my ($scenario, $seconds, @parts) = @_;
    -x "$ENV{CURFEW_BUILDDIR}/providers/tsts/provider-tsts"
        or skip('the provider tsts is not built: it needs samba-dev');
    -x "$ENV{CURFEW_BUILDDIR}/t/servers/tsts/windows-host"
        or skip('the Windows host (t/servers/tsts) is not built: it needs samba-dev, and the private libraries of Samba 4.17');
    my $ask = 'command -v jq >/dev/null || echo jq; for part; do . "$0/$part.sh"; "${part}_missing"; done';
    open my $answer, '-|', 'bash', '-c', $ask, $isolate, 'windows', @parts or die "bash: $!\n";
    my %missing = map { chomp; $_ => 1 } <$answer>;
    close $answer;
    skip('needs these packages: ' . join q{ }, sort keys %missing) if %missing;
    my $refusal = qx{"$isolate/isolate" /bin/true 2>&1};
    skip($refusal =~ s/\s+/ /gr) if $? >> 8 == 77;

    # A bound on the whole; isolate passes the signal on to everything inside.
    exec 'timeout', '-k', '5', $seconds, "$isolate/isolate", "$isolate/$scenario" or die "exec: $!\n";
}

1;
