#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# explain_sessions: what enforce_sessions did, told from its ledger and its audit.
use strict;
use warnings;

use Test::More;

use Curfew;

plan skip_all => 'policies were not built' if !program('explain_sessions');
plan skip_all => 'sim was not built'       if !program('provider-sim');

my $played = <<'END';
[host ts01]
[session 3]
user = alice
domain = CORP
birth = b3
last-input = -2h
[session 4]
user = bob
birth = b4
last-input = -1m
END
my $farm   = farm($played);
my $dir    = tempdir();
our $state = "$dir/state";
my $policy = "[policy office]\ntarget = sim:$farm\nidle-over = 30m\nwarn = 1s\n";
my $config = write_file("$dir/curfew.conf", $policy);

# What was done to the farm is undone.
sub play_anew { return write_file($farm, $played) }

sub explain {
    my (@arguments) = @_;
    return run('explain_sessions', '--config', $config, '--state-dir', $state, @arguments);
}

is(explain('--user', 'alice')->{status}, 3, 'without a state folder there is nothing to tell');
ok(!-e $state, '... and none is made');

my $ended = sub {
    run('enforce_sessions', '--config', $config, '--state-dir', $state, '--execute');
    return -e "$state/audit.jsonl" && read_file("$state/audit.jsonl") =~ /"event":"result".*"action":"disconnect"|"action":"disconnect".*"event":"result"/;
};
wait_for { $ended->() } 60;
run('enforce_sessions', '--config', $config, '--state-dir', $state, '--execute');

subtest 'in the order of time' => sub {
    my $run = explain('--user', 'alice', '--since', '1d');
    is($run->{status}, 0, 'status 0');
    my $idle    = qr/^[ ]{2}\S+Z[ ]{2}idle[ ]from[ ]here[ ]on\n/mx;
    my $message = qr/^[ ]{2}\S+Z[ ]{2}message:[ ]done[ ][(]policy[ ]office:[ ]idle,[ ]warning[ ]1[ ]of[ ]1,[ ]due[ ]since[ ]\S+[)]\n/mx;
    my $cut     = qr/^[ ]{2}\S+Z[ ]{2}disconnect:[ ]done[ ][(]policy[ ]office:[ ]idle,[ ]due[ ]since[ ]\S+[)]\n/mx;
    like($run->{out}, qr/\Ats01[ ]id[ ]3[ ]CORP\\alice\n/x, 'who');
    like($run->{out}, qr/$idle(?:.*\n)*?$message(?:.*\n)*?$cut/x, 'idle, warned, disconnected, and why');
    like($run->{out}, qr/still[ ]there[ ]at[ ]the[ ]last[ ]look$/mx, 'and now');
    unlike($run->{out}, qr/bob/, 'nobody else');
};

subtest 'as JSON' => sub {
    my $found = json(explain('--id', '3', '--output', 'json')->{out});
    is(scalar @{ $found->{sessions} }, 1, 'one session');
    my @events = @{ $found->{sessions}[0]{events} };
    is(scalar(grep { $_->{what} eq 'message: done' } @events), 1, 'a message');
    is_deeply([map { $_->{time} } @events], [sort map { $_->{time} } @events], 'in order');
};

subtest 'as JSON, by its schema' => sub {
    my $faults = by_schema('explain', explain('--user', '*', '--output', 'json')->{out});
    plan skip_all => 'needs python3-jsonschema' if !defined $faults;
    is($faults, q{}, 'valid');
    like(by_schema('explain', explain('--user', '*', '--output', 'json')->{out} =~ s/"why"/"because"/xr), qr/why/, 'and the schema would say what lacks');
};

# Seen by a check that remembers, and by nobody who acts.
subtest 'what is still due' => sub {
    local $state = "$dir/watched";
    run('check_sessions', '--config', $config, '--state-dir', $state, '--policy', 'all', '--remember');
    my $run = explain('--user', '*', '--policy', 'all');
    is($run->{status}, 0, 'status 0');
    unlike(explain('--user', '*')->{out}, qr/due/x, 'not unless it is asked for');
    play_anew();
    run('check_sessions', '--config', $config, '--state-dir', $state, '--policy', 'all', '--remember');
    $run = explain('--user', '*', '--policy', 'all');
    like($run->{out}, qr/id[ ]3[ ]CORP.alice\n(?:[ ]{2}.*\n)*[ ]{2}\S+Z[ ]{2}still[ ]due:[ ]warn[ ][(]policy[ ]office:[ ]idle;[ ]overdue[ ]for[ ]1h[ ]\d\dm;[ ]/x,
        'due, and overdue') or diag $run->{out};
    like($run->{out}, qr/id[ ]4[ ]bob\n(?:[ ]{2}.*\n)*[ ]{2}\S+Z[ ]{2}next:[ ]warn,[ ]at[ ]\S+Z[ ][(]policy[ ]office:[ ]idle;[ ]its[ ]time[ ]has[ ]not[ ]come/x,
        'not due, and why') or diag $run->{out};
    write_file($config, "[policy away]\ntarget = sim:/nonexistent\nidle-over = 1h\n");
    like(explain('--user', '*', '--policy', 'away')->{out}, qr/cannot[ ]be[ ]read,[ ]so[ ]what[ ]is[ ]due[ ]there[ ]is[ ]unknown/x, 'a host without an answer');
    write_file($config, $policy);
};

subtest 'what was rotated away' => sub {
    rename "$state/audit.jsonl", "$state/audit.jsonl.2" or die "rename: $!";
    write_file("$state/audit.jsonl.3.gz", 'not looked into');
    my $run = explain('--user', 'alice', '--since', '1d');
    like($run->{out}, qr/disconnect:[ ]done/x, 'is read');
    like($run->{out}, qr/^audit[.]jsonl[.]3[.]gz[ ]is[ ]compressed[ ]and[ ]was[ ]not[ ]read/mx, 'or named');
    utime 0, 0, "$state/audit.jsonl.3.gz";
    unlike(explain('--user', 'alice', '--since', '1d')->{out}, qr/compressed/, 'unless it is older than what was asked for');
    rename "$state/audit.jsonl.2", "$state/audit.jsonl" or die "rename: $!";
};

subtest 'what was begun and never ended' => sub {
    my ($intent) = grep { /"event":"intent"/ && /"action":"disconnect"/ } split /\n/, read_file("$state/audit.jsonl");
    $intent =~ s/"run":"[^"]*"/"run":"killed"/;
    write_file("$state/audit.jsonl", read_file("$state/audit.jsonl") . "$intent\n" . "half a li\n");
    chmod 0600, "$state/audit.jsonl";
    my $run = explain('--user', 'alice');
    like($run->{out}, qr/disconnect:[ ]begun,[ ]and[ ]no[ ]result/x, 'an intent without a result');
    like($run->{out}, qr/^1[ ]line[ ]of[ ]the[ ]audit[ ]cannot[ ]be[ ]read/mx, 'what cannot be read is said');
};

subtest 'mistakes' => sub {
    like(explain()->{out}, qr/whose[ ]session[?][ ][(]give[ ]--user[ ]or[ ]--id[)]/x, 'nobody was named');
    like(explain('--user', 'nobody-here')->{out}, qr/nothing[ ]is[ ]known/x, 'nobody of that name');
    is(explain('--user', 'nobody-here')->{status}, 0, '... is no error');
};

done_testing;
