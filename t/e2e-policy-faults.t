#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# enforce_sessions on a disk that is really full, in the throw-away root: nothing is done, it is said, and when there is
# room again the policy goes on where it was.
use strict;
use warnings;

use JSON::PP qw(decode_json);
use Test::More;

use Daemon qw(capture install_file need slurp wait_until);
use Isolated;

need(-x "$ENV{CURFEW_BUILDDIR}/providers/sim/provider-sim" ? q{} : 'sim was not built');
my %path = Isolated::enter();
plan skip_all => 'policies were not built' if !-x "$path{bindir}/enforce_sessions";

my ($state, $farm) = ('/srv/state', '/srv/farm.sim');
mkdir $state or BAIL_OUT("$state: $!");
system('mount', '-t', 'tmpfs', '-o', 'size=512k,mode=0700', 'none', $state) == 0 or BAIL_OUT('no tmpfs');
install_file($farm, oct 644, <<'END');
[host ts01]
[session 3]
user = alice
last-input = -2h
END
install_file("$path{sysconfdir}/curfew/curfew.conf", oct 644, <<"END");
[policy office]
target = sim:$farm
idle-over = 30m
warn = 2s
END

# What it says, and its status.
sub enforce {
    my $said = capture('sh', '-c', 'exec "$@" 2>&1', 'enforce', "$path{bindir}/enforce_sessions", '--state-dir', $state, '--max-percent', '100', '--execute');
    return ($said, $? >> 8);
}

sub fill {
    open my $file, '>', "$state/ballast" or BAIL_OUT("ballast: $!");
    my $block = 'x' x 4096;
    while ((syswrite $file, $block) // 0) { }
    close $file;    # it is full
    return;
}

sub done {
    my $audit = "$state/audit.jsonl";
    my @lines = map { decode_json($_) } -e $audit ? grep { /\}$/ } split /\n/, slurp($audit) : ();
    return join ', ', map {"$_->{action} $_->{outcome}"} grep { $_->{event} eq 'result' } @lines;
}

fill();
my ($said, $status) = enforce();
is($status, 2, 'full from the beginning: status 2');
like($said, qr/^ENFORCE[ ]CRITICAL:[ ].*(?:disk[ ]is[ ]full|No[ ]space[ ]left)/mx, '... and says so') or diag $said;
ok(!-e "$farm.state", '... and nothing was done');
unlink "$state/ballast";

($said, $status) = enforce();
is($status, 0, 'with room it begins') or diag $said;
is(done(), 'message done', '... with the warning');

fill();
my @texts;
for (1 .. 3) {
    ($said, $status) = enforce();
    push @texts, "$status: $said" if $status != 2;
    ok($said =~ /disk[ ]is[ ]full|No[ ]space[ ]left/x, "full in between ($_): says so") or diag $said;
}
is("@texts", q{}, '... status 2 each time');
is(done(), 'message done', '... and nobody was ended, though the time had come');

unlink "$state/ballast";
ok(wait_until(60, sub { ($said, $status) = enforce(); return done() =~ /disconnect/ }), 'with room again the end comes') or diag $said;
is(done(), 'message done, disconnect done', '... once, and after one warning');
is($status, 0, '... and all is well');

done_testing();
