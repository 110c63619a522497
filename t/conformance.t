#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The conformance test, for the providers that need no system of their own; the
# rigs of the others run the same program.
use strict;
use warnings;

use Test::More;

use Curfew;

plan skip_all => 'sim was not built' if !program('provider-sim');

my $farm = farm(<<'FARM');
[host alive]
skew = -90s
sessions = 30
[session x]
user = Zoë
state = disconnected
[session y]
user = svc_backup
domain = CORP
upn = john.doe@corp.example
[session z]
user = PavithraThiruvengada
domain = AzureAD
user-cut = yes
[session 0]
class = services
[host dead]
fault = hang
FARM

sub conforms {
    my ($program, @targets) = @_;
    my $run = run($program, @targets, { timeout => 60 });
    is($run->{status}, 0, "$targets[0] conforms") or diag $run->{out};
    unlike($run->{out}, qr/^not ok/m, 'in every point');
    like($run->{out}, qr/^1[.][.][2-9]\d$/m, 'to the end');
    return;
}

program('providers/skeleton/provider-skeleton');
conforms('t/unit/conformance',          "$_:$farm#alive", "$_:$farm#dead") for 'sim', 'sim+worker';
conforms('t/unit/conformance-skeleton', "$_:here") for 'skeleton', 'skeleton+worker';

# It can fail: these are no providers to be proud of.
my %bad = (
    "[host h]\nfault = flicker\nsessions = 3\n"             => qr/not ok \d+ - a second list/,
    "[host h]\n[session 1]\nuser = a\nbirth = none\n"       => qr/not ok \d+ - HAS_BIRTH/,
    "[host h]\n[session 1]\nuser = a\nat pin = user b\n"    => qr/not ok \d+ - session 1 is pinned/,
    "[host h]\n[session 1]\nuser = CORP\\b\n"            => qr/not ok \d+ - every spelling of a user's names/,
    "[host h]\nfault = denied\n"                            => qr/not ok \d+ - it answers/,
);
for my $content (sort keys %bad) {
    my $run = run('t/unit/conformance', 'sim:' . farm($content));
    is($run->{status}, 1, 'it is found out');
    like($run->{out}, $bad{$content}, 'for this');
}

done_testing;
