#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# check_sessions --policy and --remember: what the policies would do, what they should have done, and who may ask.
use strict;
use warnings;

use Test::More;

use Curfew;

plan skip_all => 'policies were not built' if !program('curfew-foresee');
plan skip_all => 'sim was not built'       if !program('provider-sim');

my $farm = farm(<<'END');
[host ts01]
[session 3]
user = alice
birth = b3
last-input = -2h30m
[session 4]
user = bob
birth = b4
last-input = -1h20m
[session 5]
user = carol
birth = b5
last-input = -1m
[session 7]
user = dora
birth = b7
state = disconnected
disconnect = -12h
[session 8]
user = admin1
birth = b8
last-input = -5h
[session 9]
user = eve
birth = b9
last-input = unknown
END

my $dir    = tempdir();
my $config = write_file("$dir/curfew.conf", <<"END");
[policy office]
target = sim:$farm
exempt-user = admin*
idle-over = 2h
disconnected-over = 10h
warn = 10m, 2m
[policy far]
target = sim:$farm
idle-over = 40h
[section watch]
act = check
policy = office
critical = overdue=5
END

sub check {
    my (@arguments) = @_;
    return run('check_sessions', '--config', $config, @arguments);
}

sub foreseen {
    my (@arguments) = @_;
    my $run = check('--output', 'json', @arguments);
    return map { $_->{user} => $_->{policy} } map { @{ $_->{snapshot}{sessions} } } @{ json($run->{out})->{targets} };
}

subtest 'what would happen' => sub {
    my $run = check('--policy', 'office');
    is($run->{status}, 0, 'no range, no verdict');
    like($run->{out}, qr/[ ]would_warn=1;;;0[ ]would_disconnect=0;;;0[ ]would_logoff=1;;;0[ ]overdue=2;;;0$/mx, 'performance data');
    like($run->{out}, qr/^policies:[ ]now[ ]1[ ]to[ ]warn,[ ]0[ ]to[ ]disconnect,[ ]1[ ]to[ ]log[ ]off;[ ]1[ ]more[ ]within[ ]the[ ]hour;[ ]2[ ]overdue$/mx, 'in words');
    like($run->{out}, qr/alice:[ ]overdue[ ]for[ ]3\dm,[ ]warn[ ]now[ ][(]office:[ ]idle;[ ]disconnect[ ]in[ ]10m[)]/x, 'who is overdue');
    unlike($run->{out}, qr/bob/, 'who comes later is only counted');
    like(check('--policy', 'office', '-v')->{out}, qr/bob:[ ]warn[ ]in[ ][23]\dm[ ][(]office:[ ]idle;[ ]disconnect[ ]in[ ][34]\dm[)]/x, '... but for -v');
    like(check('--policy', 'all', '--explain')->{out}, qr/admin1:[ ]kept,[ ]it[ ]is[ ]exempt[ ][(]office[)].*eve:[ ]kept,/sx, '--explain has all');
    like($run->{out}, qr/^policies:[ ]there[ ]is[ ]no[ ]ledger/mx, 'what is not known is said');
};

subtest 'thresholds' => sub {
    my $run = check('--policy', 'office', '-c', 'overdue=0');
    is($run->{status}, 2, 'overdue');
    like($run->{out}, qr/^SESSIONS[ ]CRITICAL:[ ]overdue[ ]2[ ][(]critical[ ]0[)]/x, '... is the reason');
    is(check('--policy', 'office', '-w', 'would_logoff=0')->{status}, 1, 'would_logoff');
    is(check('--policy', 'office', '-c', 'overdue=0', '--overdue-after', '3h')->{status}, 0, 'the bound is an option');
    is(check('--policy', 'office', '-c', 'overdue=1', '--overdue-after', '1h')->{status}, 0, '... in between');
    is(check('--policy', 'far',    '-c', 'overdue=0')->{status},                        0, 'another policy');
    is(check('--policy', 'office', '-c', 'overdue=0', '--user', 'eve')->{status}, 0, 'who is filtered out does not count');
    is(check('--section', 'watch')->{status}, 0, 'all of it in a section');
    like(check('--section', 'watch')->{out}, qr/overdue=2;;5;0/, '... with its range');
    my $alone = check('-T', "sim:$farm", '-c', 'overdue=0');
    is($alone->{status}, 3, 'without a policy');
    like($alone->{out}, qr/^SESSIONS[ ]UNKNOWN:[ ]overdue[ ]is[ ]a[ ]metric[ ]of[ ]policies/x, '... there is nothing to compare');
    my $missing = check('--policy', 'all', '-c', 'overdue=0', '-T', 'sim:/nonexistent');
    is($missing->{status}, 3, 'a target without an answer may have any number');
    like(check('--policy', 'ofice')->{out}, qr/there[ ]is[ ]no[ ][[]policy[ ]ofice[]][ ][(]did[ ]you[ ]mean[ ]office/x, 'no such policy');
};

subtest 'as JSON' => sub {
    my %said = foreseen('--policy', 'office');
    is_deeply([@{ $said{alice} }{qw(name step cause next end)}], [qw(office warn idle warn disconnect)], 'due');
    ok($said{alice}{overdue} && $said{alice}{overdue_ms} >= 30 * 60_000, 'and overdue');
    is_deeply([@{ $said{bob} }{qw(name step next overdue)}], ['office', 'leave', 'warn', JSON::PP::false], 'early');
    like($said{bob}{next_at}, qr/^\d{4}-\d\d-\d\dT[\d:.]+Z$/, 'when');
    is_deeply([@{ $said{admin1} }{qw(name step next next_at end_at cause)}], ['office', 'leave', undef, undef, undef, undef], 'exempt');
    my %plain = foreseen('-T', "sim:$farm");
    ok(!exists $plain{alice} || !defined $plain{alice}, 'not without --policy');
    my $python = '/usr/bin/python3';
  SKIP: {
        skip 'needs python3-jsonschema', 1 if system("$python -c 'import jsonschema' 2>/dev/null") != 0;
        my $out  = write_file("$dir/out.json", check('--policy', 'all', '--output', 'json')->{out});
        my $code = 'import json,sys,jsonschema;jsonschema.Draft7Validator(json.load(open(sys.argv[1]))).validate(json.load(open(sys.argv[2])))';
        is(`$python -W ignore -c '$code' @{[source_dir()]}/doc/curfew.schema.json $out 2>&1`, q{}, 'valid by the schema');
    }
};

subtest 'who writes, and who only reads' => sub {
    my $state = "$dir/state";
    check('--policy', 'office', '--state-dir', $state);
    ok(!-e $state, 'a check writes nothing');
    my $run = check('-T', "sim:$farm", '--remember', '--state-dir', $state);
    is($run->{status}, 0, '--remember without a policy');
    ok(-s "$state/ledger.sqlite", '... writes the ledger');
    unlike($run->{out}, qr/would_warn|policies/, '... and says nothing of policies');
    my $looks_twice = sub {
        run('check_sessions', '-T', "sim:$farm", '--remember', '--state-dir', $state);
        my %said = foreseen('--policy', 'office', '--state-dir', $state);
        return $said{dora}{step} eq 'log off';
    };
    wait_for { $looks_twice->() } 60;
    my $known = check('--policy', 'office', '--state-dir', $state);
    unlike($known->{out}, qr/there is no ledger/, 'what was recorded is read');
    system 'chmod', '-R', 'a-w', $state;
    my $read = check('--policy', 'office', '--state-dir', $state);
    is($read->{status}, 0, 'without any right to write');
    unlike($read->{out}, qr/there is no ledger/, '... it is read');
    like($read->{out}, qr/dora:.*it[ ]is[ ]due$/mx, '... and known');
    my $write = check('--policy', 'office', '--state-dir', $state, '--remember');
    is($write->{status}, 3, 'what cannot be written');
    like($write->{out}, qr/^SESSIONS[ ]UNKNOWN:[ ].*ledger/x, '... is no OK');
    system 'chmod', '-R', 'u+w', $state;
    write_file("$state/ledger.sqlite", 'x' x 8192);
    like(check('--policy', 'office', '--state-dir', $state)->{out}, qr/^SESSIONS[ ]UNKNOWN:[ ].*damaged/x, 'nor is a damaged one');
};

subtest 'a check without policies is what it was' => sub {
    my $libraries = `ldd @{[program('check_sessions')]}`;
    unlike($libraries, qr/sqlite|glib/, 'it needs neither SQLite nor GLib');
    my $nowhere = { env => { CURFEW_LIBEXECDIR => '/nonexistent' } };
    is(check('-T', "sim:$farm", $nowhere)->{status}, 0, 'it needs no other program');
    my $alone = check('--policy', 'office', $nowhere);
    is($alone->{status}, 3, '--policy does');
    like($alone->{out}, qr/^SESSIONS[ ]UNKNOWN:[ ].*curfew-foresee/x, '... and says which');
};

# The alarm of the first program does not end the second one, which has no handler yet.
SKIP: {
    skip 'strace may not trace here', 1 if !may_trace();
    run('/usr/bin/strace', '-qq', '-e', 'trace=execve,setitimer', '-o', "$dir/trace", program('check_sessions'), '--config', $config,
        '--policy', 'all', '--state-dir', "$dir/traced");
    like(read_file("$dir/trace"), qr/it_value=[{]tv_sec=0, tv_usec=0[}][^\n]*\nexecve[^\n]*curfew-foresee"/, 'its alarm is off before it becomes curfew-foresee');
}

done_testing;
