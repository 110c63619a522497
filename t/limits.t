#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# What keeps handlers from doing too much, and from doing it twice: locks, the
# limits, and the hour that they are counted over.
use strict;
use warnings;

use Test::More;

use Curfew;

plan skip_all => 'sim was not built' if !program('provider-sim');

my $state;

# Between tests: another folder, so that the limits of one are not those of the next.
sub fresh_state { return $state = tempdir() }

sub arguments { return ('--idle-over', '30m', '--execute', '--state-dir', "$state", @_) }

# disconnect(TARGET, ARGS…): what is idle there.
sub disconnect {
    my ($target, @more) = @_;
    return run('disconnect_sessions', '-T', $target, arguments(@more));
}

sub session {
    my ($id, %set) = @_;
    $set{user} //= "user$id";
    return "[session $id]\n" . join q{}, map { "$_ = $set{$_}\n" } sort keys %set;
}
sub idle { my ($id, %set) = @_; return session($id, 'last-input' => '-2h', %set) }

sub audit {
    return () if !-e "$state/audit.jsonl";
    return map { json($_) } split /\n/, read_file("$state/audit.jsonl");
}
sub events { my ($event) = @_; return grep { $_->{event} eq $event } audit() }

# A group of hosts of two idle and three busy sessions; on the first host an act takes so long.
sub group {
    my ($slow) = @_;
    return farm(
        join q{}, map {
            my $acts = 'slow ' . ($_ == 1 ? $slow : 0) . 'ms';
            sprintf("[host ts%02d]\n", $_) . join q{}, map({ idle($_, acts => $acts) } 1 .. 2), map { session($_) } 3 .. 5
        } 1 .. 10
    );
}

subtest 'one busy host is left out, and the others are served' => sub {
    fresh_state();
    my $farm = group(3000);
    my $busy = start('disconnect_sessions', '-T', "sim:$farm#ts01", arguments('--timeout', '15s'));
    wait_for { events('intent') };
    my ($pid, $run) = ($busy->{pid}, disconnect("sim:$farm#ts[01-10]", '--timeout', '12s', '--max-acts', '40'));
    is($run->{status}, 0, 'exit status') or diag $run->{out};
    like($run->{out}, qr/^left[ ]out:[ ]ts01,[ ]another[ ]handler[ ]is[ ]at[ ]work[ ]on[ ]it,[ ]pid[ ]${pid}\ since[ ]20/xm,
        'which host, who, since when');
    like($run->{out}, qr/OK:[ ]18[ ]of[ ]19[ ]done,[ ]1[ ]left[ ]out/x, 'the nine others are served');
    my $only = disconnect("sim:$farm#ts01", '--timeout', '12s');
    is($only->{status}, 0, 'nothing but a busy host is no failure');
    like($only->{out}, qr/OK:[ ]0[ ]of[ ]1[ ]done,[ ]1[ ]left[ ]out/x, 'and it is said');
    is(finish($busy)->{status}, 0, 'the first one ends as if alone');
};

subtest 'a stopped handler is found out' => sub {
    fresh_state();
    my ($farm, $played) = (group(0), group(2000));    # a stopped program may hold the lock of the farm that it plays in
    my $stuck = start('disconnect_sessions', '-T', "sim:$played#ts01", arguments('--timeout', '1s'));
    wait_for { events('intent') };
    kill 'STOP', $stuck->{pid};
    my ($pid, $run) = ($stuck->{pid}, disconnect("sim:$farm#ts01"));
    is($run->{status}, 0, 'before its deadline it may be at work') or diag $run->{out};
    wait_for { $run = disconnect("sim:$farm#ts[01-02]"); $run->{status} == 2 } 20;
    is($run->{status}, 2, 'after that nobody is content any more');
    like($run->{out}, qr/^left[ ]out:[ ]ts01,.*pid[ ]${pid}\ since.*should[ ]have[ ]ended[ ]by[ ]20.*hangs/xm, 'who, since when');
    like($run->{out}, qr/CRITICAL:.*[1-9][ ]left[ ]out[ ][(]a[ ]handler[ ]hangs/x, 'in the last line too') or diag $run->{out};
    kill 'CONT', $stuck->{pid};
    stop($stuck, 'KILL');
    is(disconnect("sim:$farm#ts01", '--max-percent', '100')->{status}, 0, 'when it has ended, all is well');
};

done_testing();
