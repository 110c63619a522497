#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# enforce_sessions in nights when clocks are changed, and when somebody sets the clock by a day: real programs, whose wall
# clock libfaketime moves.  (Every case of these: t/unit/schedule.c and t/unit/ledger.c.)
use strict;
use warnings;

use Test::More;
use Time::Local qw(timegm);

use Curfew;

my ($library) = glob '/usr/lib/*/faketime/libfaketime.so.1';
plan skip_all => 'policies were not built'      if !program('enforce_sessions');
plan skip_all => 'sim was not built'            if !program('provider-sim');
plan skip_all => 'libfaketime is not installed' if !defined $library;

my $DAY = 86_400;
my ($dir, $farm, $state, $config);
my @keep;    # File::Temp folders live as long as we hold them

# One session that had its last input two hours before this moment (s since the epoch).
sub play {
    my ($now) = @_;
    my @utc = gmtime $now;
    my $stamp = sprintf '%04d-%02d-%02dT%02d:%02d:%02dZ', $utc[5] + 1900, $utc[4] + 1, @utc[3, 2, 1, 0];
    return $farm = write_file("$dir/farm.sim", "[farm]\nstart = $stamp\n[host ts01]\n[session 3]\nuser = alice\nbirth = b1\nlast-input = -2h\n");
}

sub stage {
    my ($policy, $now) = @_;
    push @keep, $dir = tempdir();
    $state = "$dir/state";
    play($now);
    $config = write_file("$dir/curfew.conf", "[policy p]\ntarget = sim:$farm\nidle-over = 30m\n$policy");
    return;
}

# With the wall clock so many seconds ahead; the clocks that nobody can set go on as they do.
sub enforce {
    my ($ahead, @arguments) = @_;
    my @clock = ("LD_PRELOAD=$library", sprintf('FAKETIME=%+d', $ahead), 'FAKETIME_DONT_FAKE_MONOTONIC=1');
    return run('/usr/bin/env', @clock, program('enforce_sessions'), '--config', $config, '--state-dir', $state, '--max-percent', '100', @arguments);
}

sub done {
    return 0 if !-e "$state/audit.jsonl";
    return scalar grep { $_->{event} eq 'result' && $_->{outcome} eq 'done' } map { json($_) } split /\n/, read_file("$state/audit.jsonl");
}

sub epoch {
    my ($year, $month, $day, $hour, $minute) = $_[0] =~ /(\d+)-(\d+)-(\d+)T(\d+):(\d+)/;
    return timegm(0, $minute, $hour, $day, $month - 1, $year);
}

# Not every libfaketime knows how a 32-bit program with 64-bit times asks for the time.
stage(q{}, time);
my $moved = json(run('/usr/bin/env', "LD_PRELOAD=$library", 'FAKETIME=+1000d', program('check_sessions'), '-T', "sim:$farm", '--output', 'json')->{out});
plan skip_all => 'libfaketime does not move the clock of these programs'
  if epoch($moved->{targets}[0]{snapshot}{taken_at}) < time + 999 * $DAY;

# What is said at this moment: open (the session would go, but for that it was seen only once), or closed.
sub window_at {
    my ($window, $utc) = @_;
    my $then = epoch($utc);
    stage("zone = Europe/Berlin\nwhen = $window\n", $then);
    my $said = enforce($then - time, '--explain')->{out};
    return 'open'   if $said =~ /kept,[ ]it[ ]was[ ]seen[ ]only[ ]once/x;
    return 'closed' if $said =~ /kept,[ ]it[ ]is[ ]outside/x;
    return $said;
}

# The table of doc/policy.md, a minute before and after each end.
my @nights = (
    ['daily 22:00-06:00', ['2026-10-24T19:59', 'closed'], ['2026-10-24T20:01', 'open'], ['2026-10-25T04:59', 'open'], ['2026-10-25T05:01', 'closed']],
    ['sun 02:30-04:00',   ['2026-10-25T00:31', 'closed'], ['2026-10-25T01:29', 'closed'], ['2026-10-25T01:31', 'open'], ['2026-10-25T03:01', 'closed']],
    ['sun 01:00-02:30',   ['2026-10-24T22:59', 'closed'], ['2026-10-24T23:01', 'open'], ['2026-10-25T00:29', 'open'], ['2026-10-25T01:01', 'closed']],
    ['sun 02:30-04:00',   ['2026-03-29T00:59', 'closed'], ['2026-03-29T01:01', 'open'], ['2026-03-29T01:59', 'open'], ['2026-03-29T02:01', 'closed']],
    ['sun 02:10-02:50',   ['2026-03-29T00:59', 'closed'], ['2026-03-29T01:01', 'closed'], ['2026-03-29T01:30', 'closed']],
);
for my $night (@nights) {
    my ($window, @moments) = @{$night};
    for my $moment (@moments) {
        my ($utc, $expected) = @{$moment};
        is(window_at($window, $utc), $expected, "$window in Berlin at $utc UTC: $expected");
    }
}

for my $jump ($DAY, -$DAY, 90) {
    subtest "a clock that is set by $jump s" => sub {
        stage(q{}, time);
        my $run = enforce(0, '--execute');
        like($run->{out}, qr/kept,[ ]it[ ]was[ ]seen[ ]only[ ]once/x, 'seen once') or diag $run->{out};
        play(time + $jump);    # the host's clock is ours
        wait_for { $run = enforce($jump, '--execute'); $run->{out} !~ /seen[ ]only[ ]once/x } 60;
        like($run->{out}, qr/kept,[ ]a[ ]clock[ ]was[ ]moved/x, 'only planned') or diag $run->{out};
        is($run->{status}, 1, '... which is status 1');
        is(done(), 0, '... and nothing is done');
        wait_for { enforce($jump, '--execute'); done() } 60;
        is(done(), 1, 'later it is as before');
    };
}

done_testing();
