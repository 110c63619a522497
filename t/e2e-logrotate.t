#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# contrib/logrotate by the real logrotate, at any moment: between two runs, and in the
# middle of one.  In the throw-away root, with installed programs.
use strict;
use warnings;

use JSON::PP qw(decode_json);
use Test::More;

use Daemon qw(capture contrib install_file missing need slurp wait_until);
use Isolated;

need(missing(logrotate => 'logrotate'));
need(-x "$ENV{CURFEW_BUILDDIR}/providers/sim/provider-sim" ? q{} : 'sim was not built');
my %path  = Isolated::enter();
my $audit = "$path{localstatedir}/lib/curfew/audit.jsonl";
my $rules = install_file('/etc/logrotate.d/curfew', oct 644, contrib('logrotate/curfew', %path));

# A farm with so many idle sessions; acts go on as told.
sub farm {
    my ($count, $acts) = @_;
    my $text = "[host ts01]\n";
    $text .= "[session $_]\nuser = u$_\nlogon = -8h\nlast-input = -2h\nacts = $acts\n" for 1 .. $count;
    unlink '/srv/farm.sim.state';
    return install_file('/srv/farm.sim', oct 644, $text);
}

sub rotate {
    my $said = capture('sh', '-c', 'logrotate --force --verbose /etc/logrotate.d/curfew 2>&1');
    is($? >> 8, 0, 'logrotate has nothing to complain about') or diag $said;
    unlike($said, qr/^error|Ignoring/m, '... and does not pass over the file') or diag $said;
    return;
}

install_file("$path{sysconfdir}/curfew/curfew.conf", oct 644, <<'END');
[section farm]
act = disconnect
target = sim:/srv/farm.sim
idle-over = 1h
max-acts = 5
max-percent = 100
execute = yes
END

# Starts the handler; ends it: (output, exit status).
sub begin {
    my $pid = fork // die "fork: $!";
    return $pid if $pid > 0;
    open STDOUT, '>', '/srv/said' or die "/srv/said: $!";
    exec "$path{bindir}/disconnect_sessions", '--section', 'farm';
    die "exec: $!";
}

sub end {
    my ($pid) = @_;
    waitpid $pid, 0;
    return (slurp('/srv/said'), $? >> 8);
}

sub events {
    my ($file, $event, $outcome) = @_;
    my @users = sort map { $_->{session}{user} }
      grep { $_->{event} eq $event && (!$outcome || $_->{outcome} eq $outcome) } map { decode_json($_) } split /\n/, slurp($file) // q{};
    return @users;
}

farm(2, 'obey');
my ($said, $status) = end(begin());
is($status, 0, 'a handler acts') or diag $said;
is_deeply([events($audit, 'result')], [qw(u1 u2)], '... and audits');
rotate();
ok(!-e $audit, 'the audit has been moved');
is_deeply([events("$audit.1", 'result')], [qw(u1 u2)], '... whole');

farm(4, 'obey');
($said, $status) = end(begin());
is($status, 2, 'the acts that were rotated away count: 2 and 4 are more than 5') or diag $said;
is(-e $audit ? scalar(() = events($audit, 'intent')) : 0, 0, '... so none is done');

farm(3, 'slow 2s');
my $pid = begin();
ok(wait_until(60, sub { return -e $audit && scalar(() = events($audit, 'intent')) }), 'a handler is at work') or diag slurp('/srv/said');
rotate();
($said, $status) = end($pid);
my @moved = (events("$audit.1", 'intent'));
my @new   = -e $audit ? events($audit, 'intent') : ();
my @done  = -e $audit ? events($audit, 'result', 'done') : ();
my $json = decode_json(capture("$path{bindir}/check_sessions", '-T', 'sim:/srv/farm.sim', '--output', 'json'));
my @ended = sort map { $_->{user} } grep { $_->{state} eq 'disconnected' } map { @{ $_->{snapshot}{sessions} } } @{ $json->{targets} };
@done = sort @done, events("$audit.1", 'result', 'done');
my %intended = map { $_ => 1 } @moved, @new;
is_deeply(\@ended, \@done, 'each act has its result, in one of the files') or diag $said;
is_deeply([grep { !$intended{$_} } @ended], [], '... and its intent') or diag $said;
is($status, @done < 3 ? 2 : 0, 'a run that was cut short says so') or diag $said;
like($said, qr/was renamed or replaced/, '... and why') if @done < 3;
is(sprintf('%04o', (stat "$audit.1")[2] & oct 7777), '0600', 'what was rotated is for root alone');

done_testing();
