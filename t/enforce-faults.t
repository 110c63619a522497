#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# What can fail around a run of enforce_sessions, each with its text: the audit, an answer that does not come, a run that
# is killed between intent and result, a host that was started anew.  And a deadline is kept to the second.
# (The ledger: t/enforce.t and t/unit/ledger.c.  A full disk: t/e2e-policy-faults.t.)
use strict;
use warnings;

use Test::More;

use Curfew;

plan skip_all => 'policies were not built' if !program('enforce_sessions');
plan skip_all => 'sim was not built'       if !program('provider-sim');

my ($dir, $farm, $state, $config);
my @keep;    # File::Temp folders live as long as we hold them

sub stage {
    my ($policy, $sessions) = @_;
    push @keep, $dir = tempdir();
    $state  = "$dir/state";
    $farm   = write_file("$dir/farm.sim", "[host ts01]\n$sessions");
    $config = write_file("$dir/curfew.conf", "[policy p]\ntarget = sim:$farm\n$policy");
    return;
}

sub arguments { return ('--config', $config, '--state-dir', $state, '--max-percent', '100', @_) }
sub enforce   { return run('enforce_sessions', arguments(@_)) }

sub audit {
    my ($event) = @_;
    return if !-f "$state/audit.jsonl";
    return grep { $_->{event} eq $event } map { json($_) } split /\n/, read_file("$state/audit.jsonl");
}

sub story { return join ', ', map {"$_->{action} $_->{outcome}"} audit('result') }

my $idle = "user = alice\nbirth = b1\nlast-input = -2h\n";

# Seen once by a first run, with an audit, if it is to fail.
sub seen { return enforce('--execute', '--answer-wait', '1s') }

subtest 'an audit that cannot be written: no act, and no warning' => sub {
    stage("idle-over = 30m\n", "[session 3]\n$idle");
    seen();
    mkdir "$state/audit.jsonl" or die "audit: $!";
    my $run;
    wait_for { $run = enforce('--execute'); $run->{out} !~ /seen[ ]only[ ]once/ } 60;
    is($run->{status}, 2, 'status 2');
    like($run->{out}, qr/audit[.]jsonl/, 'the file is named') or diag $run->{out};
    ok(!-e "$farm.state", 'nothing was done');
    write_file($config, read_file($config) . "warn = 5s\n");
    $run = enforce('--execute');
    is($run->{status}, 2, 'no warning either');
    ok(!-e "$farm.state", '... as it could not be proved');
    rmdir "$state/audit.jsonl" or die "audit: $!";
    enforce('--execute');
    is(story(), 'message done', 'when it can be written, the first warning comes');
};

subtest 'no answer between intent and result: said, and not done twice' => sub {
    stage("idle-over = 30m\n", "[session 3]\n${idle}acts = hang\n");
    my $run = seen();
    wait_for { $run = enforce('--execute', '--timeout', '2s', '--target-timeout', '1s'); audit('intent') } 60;
    is($run->{status}, 2, 'status 2');
    like($run->{out}, qr/ts01[ ]id[ ]3[ ]alice:[ ]disconnect[ ]failed:[ ]ts01[ ]did[ ]not[ ]answer[ ]in[ ]time/x, 'says so') or diag $run->{out};
    like($run->{out}, qr/^ENFORCE[ ]CRITICAL:/mx, '... in the last line, too');
    is(story(), 'disconnect failed', 'the audit has a result');
};

subtest 'ordered and not yet seen to end: not ordered again' => sub {
    stage("idle-over = 30m\nidle-act = logoff\n", "[session 3]\n${idle}acts = late 5m\n");
    my $run = seen();
    wait_for { $run = enforce('--execute', '--timeout', '2s', '--target-timeout', '1s'); audit('result') } 60;
    is(story(), 'log off ordered', 'ordered');
    $run = enforce('--execute', '--timeout', '2s', '--target-timeout', '1s');
    is($run->{status}, 0, 'the next run is no failure') or diag $run->{out};
    like($run->{out}, qr/log[ ]off[ ]ordered:.*by[ ]an[ ]earlier[ ]run/x, '... says that it waits') or diag $run->{out};
    is(scalar(my @intents = audit('intent')), 1, '... and orders nothing again');
    write_file($farm, read_file($farm) . "[session 4]\nuser = bob\nbirth = b2\nlast-input = -2h\n");
    enforce('--execute');
    wait_for { $run = enforce('--execute', '--timeout', '2s', '--target-timeout', '1s', '--max-acts', '2'); $run->{out} !~ /seen[ ]only[ ]once/ } 60;
    is(story(), 'log off ordered, log off done', '... and it counts in no limit a second time') or diag $run->{out};
};

subtest 'ordered and not yet seen to end: the next run closes it, though it has nothing to do' => sub {
    stage("idle-over = 30m\nidle-act = logoff\n", "[session 3]\n${idle}acts = late 6s\n");
    my $run = seen();
    wait_for { $run = enforce('--execute', '--timeout', '2s', '--target-timeout', '1s'); audit('result') } 60;
    is(story(), 'log off ordered', 'ordered') or diag $run->{out};
    wait_for { run('check_sessions', '-T', "sim:$farm")->{out} =~ /[ ]0[ ]sessions/x } 60;
    wait_for { $run = enforce('--execute'); story() ne 'log off ordered' } 60;
    is(story(), 'log off ordered, log off done', 'closed') or diag $run->{out};
    like($run->{out}, qr/ts01[ ]id[ ]3[ ]alice:[ ]log[ ]off[ ]done:[ ]an[ ]earlier[ ]run/x, '... and said so');
    is($run->{status}, 0, '... which is no fault');
};

subtest 'killed between intent and result: the next run looks, and does not do it again' => sub {
    stage("idle-over = 30m\n", "[session 3]\n${idle}acts = slow 8s\n");
    seen();
    my $run;
    wait_for {
        $run = start('enforce_sessions', arguments('--execute'));
        wait_for { audit('intent') } 3;
        stop($run, 'KILL');
        audit('intent');
    } 60;
    is(scalar(audit('result')), 0, 'an intent without a result');
    wait_for { $run = enforce('--execute'); $run->{out} !~ /seen[ ]only[ ]once/ } 60;
    is($run->{status}, 0, 'the next run copes') or diag $run->{out};
    my $done = () = read_file("$farm.state") =~ /"event":[ ]"disconnect"/gx;
    is($done, 1, 'disconnected once');
};

subtest 'a host that was started anew: its sessions are others' => sub {
    stage("idle-over = 30m\nwarn = 2s\n", "[session 3]\n$idle");
    wait_for { enforce('--execute'); story() eq 'message done' } 60;
    write_file($farm, "[host ts01]\n[session 3]\n" . $idle =~ s/b1/b2/r);
    my $begun = time;
    wait_for { enforce('--execute'); story() =~ /message[ ]done,[ ]message[ ]done/x } 60;
    is(story(), 'message done, message done', 'the same id and user are warned anew, and not ended by the old warning');
    wait_for { enforce('--execute'); story() =~ /disconnect/ } 60;
    is(story(), 'message done, message done, disconnect done', '... and ended after that one');
    my @at = map { $_->{time} =~ /:([\d.]+)Z$/ } audit('result');
    cmp_ok(($at[2] - $at[1]) % 60 + 1, '>=', 2, '... in its time');
};

# The timer runs on the second (AccuracySec=1s): what is late is the run.  Its own start is what counts here, so that
# a busy machine does not: bounds are wide, and the figure is printed.
subtest 'a deadline is kept to the second' => sub {
    stage("zone = UTC\ndeadline = daily 00:00-24:00\ndeadline-act = logoff\n", "[session 3]\n" . $idle =~ s/-2h/busy/r);
    seen();
    my $begun;
    wait_for { $begun = time; enforce('--execute'); audit('intent') } 60;
    my ($intent) = audit('intent');
    my ($seconds) = $intent->{time} =~ /:([\d.]+)Z$/;
    my $late = $seconds - $begun % 60;
    $late += 60 if $late < -1;
    note "ordered $late s after the run had begun (its start in whole seconds)";
    cmp_ok($late, '<', 20, 'ordered directly');
    is(story(), 'log off done', '... and done');
};

done_testing();
