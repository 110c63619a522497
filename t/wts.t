#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The provider wts: sessions of a WTSAPI module.  Through our own module it must
# give back what went in; a bad module (t/unit/wts-bad.c) costs its target only.
use strict;
use warnings;
use utf8;

use Test::More;
use Time::HiRes qw(time);

use Curfew;
use Curfew::Spellings qw(names_farm kept_by_every_spelling);
use Wts;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output todo_output);

plan skip_all => 'the provider wts was not built' if !program('provider-wts');
plan skip_all => 'sim was not built' if !program('provider-sim');

my $dir = tempdir_kept();
my $bad = "$dir/bad.so";
system('cp', build_dir() . '/t/unit/wts-bad.so', $bad) == 0 or die 'cp';
chmod 0644, $bad or die "chmod: $!";

# The targets of a check, by label: its exit status and report.
sub check {
    my (@arguments) = @_;
    my $options = ref $arguments[-1] ? pop @arguments : {};
    my $run = run('check_sessions', '--output', 'json', (map { $_ =~ /^-/ ? $_ : ('-T', $_) } @arguments), $options);
    my $report = json($run->{out});
    return { map { $_->{url} => $_ } $report->{targets}->@* };
}

sub one {
    my ($mode, @more) = @_;
    my $target = "wts:$bad#$mode";
    return check($target, @more)->{$target};
}

my $farm = farm(<<'FARM');
[host ts01]
skew = -3m
[session 2]
user = alice
domain = CORP
upn = alice@corp.example
station = RDP-Tcp#4
client-name = NB-ALICE
client-address = 192.0.2.7
collection = Office
application = WINWORD
locked = yes
fact client_build_number = 19041
fact client_hardware_id = 2882400001
fact client_product_id = 1
fact client_directory = C:\Windows\System32\mstscax.dll
fact color_depth = 16
fact encryption_level = 3
fact horizontal_resolution = 1920
fact initial_program = excel.exe
fact out_buffer_length = 530
fact out_buffers_client = 8
fact out_buffers_host = 9
fact protocol = 1
fact vertical_resolution = 1080
fact work_directory = C:\Wörk
logon = -8h
connect = -2h
last-input = -45m
[session 3]
user = Zoë 山𝄞
client-address = 2001:db8::8
logon = -9h
connect = -3h
disconnect = -90m
[session 4]
user = carol-with-a-name-longer-than-20
domain = A-DOMAIN-OF-MORE-THAN-17
locked = no
logon = unknown
last-input = unknown
[session 5]
user = dave
state = disconnected
disconnect = unknown
locked = unknown
[session 7dd0c9f4-0c26-4a3b-9c1d-2f2b0d9f1a11]
user = erin
last-input = -5m
[session 0]
class = services
station = Services
[session 1]
user = frank
class = console
last-input = -5m
station = Console
[session 65536]
class = listener
state = listen
station = RDP-Tcp
[session 6]
state = connected
FARM

subtest 'the round trip gives the same sessions' => sub {
    plan skip_all => 'the module was not built' if !wts_built();
    my $module  = wts_module();
    my $through = "wts:$module#sim:$farm";
    my $direct  = "sim:$farm";
    my $report  = check($through, $direct);
    my ($in, $out) = map { $report->{$_} } $direct, $through;
    ok(!$out->{error}, 'it answers') or diag explain $out->{error};
    is(scalar $out->{snapshot}{sessions}->@*, 9, 'all of them');
    is_deeply($out->{counts}, $in->{counts}, 'counted alike');
    is($out->{snapshot}{host}, 'ts01', 'the host is the one that the module names');
    ok(abs($out->{skew_ms} + 180_000) < 2000, 'its clock came through') or diag $out->{skew_ms};
    # What WTS has no place for (doc/design/wts.md has this list).
    my %lost = map { $_ => 1 } qw(provider id number birth upn kind classification);
    for my $i (0 .. 8) {
        my ($want, $got) = map { $_->{snapshot}{sessions}[$i] } $in, $out;
        my %keys = map { $_ => 1 } keys %{$want}, keys %{$got};
        for my $key (sort keys %keys) {
            next if $lost{$key} || $key eq 'target';
            # Nobody but sim locks a session in which nobody is.
            next if $key eq 'locked' && $want->{class} =~ /^(?:none|listener)$/;
            is_deeply($got->{$key}, $want->{$key}, "$key of " . ($want->{user} // $want->{class}));
        }
        is_deeply([map { $got->{classification}{$_} } qw(usage counted)], [map { $want->{classification}{$_} } qw(usage counted)],
            'and it counts as the same');
    }
    my @ids = map { $_->{id} } $out->{snapshot}{sessions}->@*;
    is_deeply([@ids[0 .. 3, 5 .. 8]], [2, 3, 4, 5, 0, 1, 65536, 6], 'numbers are kept');
    cmp_ok($ids[4], '>=', 0x8000_0000, 'and made where there is none');
    my @births = map { $_->{birth} // q{} } $out->{snapshot}{sessions}->@*;
    like($births[0], qr/^[0-9a-f]{16}$/, 'the logon time is the birth');
    is($births[2], q{}, 'and without one it cannot be told apart');
};

subtest 'acts through it' => sub {
    plan skip_all => 'the module was not built' if !wts_built();
    my $module = wts_module();
    my $office = farm("[host h]\n[session 1]\nuser = alice\nanswer = ok\n[session 2]\nuser = bob\n[session 3]\nuser = carol\n[session 4]\nuser = dave\nat pin = user mallory\n");
    my $config = write_file(tempdir_kept() . '/curfew.conf', "[section wtsapi]\nexecute = yes\nmax-percent = 100\nstate-dir = $dir/inner\n");
    my %with   = (env => { CURFEW_WTSAPI_CONFIG => $config }, timeout => 30);
    my @order  = ('-T', "wts:$module#sim:$office", '--execute', '--state-dir', "$dir/outer");
    my @most   = ('--max-percent', 100);
    my $run = run('message_sessions', @order, '--id', 1, '--text', 'hello', '--answer-wait', '2s', \%with);
    like($run->{out}, qr/answered: ok/, 'a message and its answer') or diag explain $run;
    $run = run('disconnect_sessions', @order, @most, '--id', 2, \%with);
    is($run->{status}, 0, 'disconnected') or diag explain $run;
    $run = run('logoff_sessions', @order, @most, '--id', 3, \%with);
    is($run->{status}, 0, 'logged off') or diag explain $run;
    $run = run('logoff_sessions', @order, @most, '--id', 4, \%with);
    isnt($run->{status}, 0, 'one that changed hands is kept') or diag explain $run;
    my $left = check("sim:$office")->{"sim:$office"}{snapshot}{sessions};
    is_deeply({ map { $_->{user} => $_->{state} } $left->@* },
        { alice => 'active', bob => 'disconnected', mallory => 'active' }, 'and so it is');
    $run = run('logoff_sessions', @order, @most, '--id', 1, { env => {} });
    is($run->{status}, 2, 'a module that is read-only refuses') or diag explain $run;
    like($run->{out}, qr/WTSLogoffSession failed: 5/, 'which is told');
};

subtest 'a plain module' => sub {
    my $good = one('good');
    ok(!$good->{error}, 'answers') or diag explain $good->{error};
    my ($alice, $bob) = $good->{snapshot}{sessions}->@*;
    is_deeply([map { $alice->{$_} } qw(id user state class station last_input locked)],
        [1, 'alice', 'active', 'user', 'RDP-Tcp#1', '2026-01-01T01:00:00.123Z', JSON::PP::false()], 'told by user, times, lock');
    is($good->{snapshot}{now}, '2026-01-01T02:00:00.123Z', 'on its own clock');
    is($alice->{birth}, sprintf('%016x', 134116992001230000), 'its birth is the logon');
    is($bob->{disconnect_time}, '2026-01-01T01:00:00.123Z', 'disconnected since');
    my $unknown = one('idle-unknown')->{snapshot}{sessions}[0];
    is($unknown->{last_input}, undef, 'no idle time without a last input');
    is(one('seconds')->{snapshot}{sessions}[0]{birth}, undef, 'a logon in whole seconds is no birth');
    my $plain = one('plain');
    is_deeply([map { $_->{user} } $plain->{snapshot}{sessions}->@*], ['alice', 'bob'], 'users without any times');
    is($plain->{snapshot}{sessions}[0]{logon_time}, undef, 'which stay unknown');
    my $strange = one('strange')->{snapshot}{sessions}[0];
    is_deeply([map { $strange->{$_} } qw(state state_text locked connect_time)], ['other', 'state 4711', undef, undef], 'strange values are unknown');
    is(scalar one('unaligned')->{snapshot}{sessions}->@*, 2, 'a list that is not aligned');
};

subtest 'a module may print and read what it likes' => sub {
    for my $mode (qw(prints reads)) {
        my $got = one($mode);
        ok(!$got->{error}, "it $mode") or diag explain $got;
        is(scalar $got->{snapshot}{sessions}->@*, 2, 'and is heard all the same');
    }
};

my %failure = (
    crashes          => ['crashed',       qr/died of signal 11/],
    aborts           => ['crashed',       qr/died of signal 6/],
    exits            => ['crashed',       qr/ended with status 0|closed its output/],
    wild             => ['crashed',       qr/died of signal 11/],
    some             => ['crashed',       qr/died of signal 11|ABORTING/],    # which a sanitizer says earlier
    fails            => ['access denied', qr/WTSEnumerateSessions failed: 5/],
    'fails-silently' => ['system',        qr/did not say why/],
    closed           => ['access denied', qr/WTSOpenServer failed: 5/],
    null             => ['system',        qr/WTSOpenServer failed/],
    nothing          => ['protocol',      qr/no list of them/],
    many             => ['protocol',      qr/more sessions than any host has/],
    endless          => ['protocol',      qr/a text without an end/],
    unterminated     => ['protocol',      qr/a text without an end/],
    'other-level'    => ['protocol',      qr/a list of another level/],
    twins            => ['protocol',      qr/two sessions with one id/],
    mistaken         => ['protocol',      qr/WTSINFOEX of another session/],
    level            => ['protocol',      qr/WTSINFOEX of another session/],
    short            => ['protocol',      qr/a value of an impossible size/],
    huge             => ['protocol',      qr/a value of an impossible size/],
    valueless        => ['protocol',      qr/an answer without a value/],
);

subtest 'what a module does costs its target' => sub {
    my @others = map { "wts:$bad#$_" } 'good', 'prints';
    my @targets = map { "wts:$bad#$_" } sort keys %failure;
    my $report = check(@targets, @others, '--target-timeout=10s', '--timeout=50s', { timeout => 60 });
    for my $mode (sort keys %failure) {
        my ($code, $text) = $failure{$mode}->@*;
        my $error = $report->{"wts:$bad#$mode"}{error} // {};
        if ($mode eq 'exits') {
            ok($error->{code}, 'exits is an error');
        } else {
            is($error->{code}, $code, "$mode is $code");
        }
        like($error->{text}, $text, 'and says why');
    }
    is(scalar $report->{$_}{snapshot}{sessions}->@*, 2, "$_ is well") for @others;
};

subtest 'a module that hangs' => sub {
    my $begun  = time;
    my $report = check("wts:$bad#hangs", "wts:$bad#good", '--target-timeout=1s');
    is($report->{"wts:$bad#hangs"}{error}{code}, 'timeout', 'is given up');
    cmp_ok(time - $begun, '<', 15, 'at its deadline');
    is(scalar $report->{"wts:$bad#good"}{snapshot}{sessions}->@*, 2, 'and the other does not notice');
    ok(wait_for { !grep { (readlink("$_/exe") // q{}) eq program('provider-wts') } glob '/proc/[0-9]*' }, 'nothing is left of it');
};

subtest 'each target has a process of its own' => sub {
    my @targets = map { "wts:$bad#good$_" } 1 .. 20;
    my $report  = check(@targets);
    my @first   = grep { $_->{station} eq 'RDP-Tcp#1' } map { $_->{snapshot}{sessions}[0] } values %{$report};
    is(scalar @first, 20, 'in which nobody was before');
};

subtest 'what is no module' => sub {
    my ($libc) = glob '/lib/*-linux-gnu*/libc.so.6';
    my $error = check("wts:$libc")->{"wts:$libc"}{error};
    is($error->{code}, 'not supported', 'a library');
    like($error->{text}, qr/no InitWtsApi/, 'that is something else');
    my $text = write_file("$dir/text.so", "not a library\n");
    is(check("wts:$text")->{"wts:$text"}{error}{code}, 'not supported', 'a text');
    is(check("wts:$dir/none.so")->{"wts:$dir/none.so"}{error}{code}, 'system', 'nothing');
    is(check("wts:$dir")->{"wts:$dir"}{error}{code}, 'configuration', 'a folder');
    is(check('wts:relative.so')->{'wts:relative.so'}{error}{code}, 'usage', 'a path that is not absolute');
    is(check("wts:$bad#")->{"wts:$bad#"}{error}{code}, 'usage', 'no server behind the #');
};

subtest 'it conforms' => sub {
    plan skip_all => 'the module was not built' if !wts_built();
    my $alive = farm("[host alive]\nsessions = 12\n[session x]\nuser = Zoë\nstate = disconnected\n[session 0]\nclass = services\n");
    my $run = run('t/unit/conformance', 'wts:' . wts_module() . "#sim:$alive", "wts:$bad#hangs", { timeout => 90 });
    is($run->{status}, 0, 'in every point') or diag $run->{out};
    like($run->{out}, qr/^1[.][.][2-9]\d$/m, 'to the end');
};

# The WTS API has 20 characters of a name, and no UPN.
subtest 'every spelling of a name keeps' => sub {
    plan skip_all => 'the module was not built' if !wts_built();
    my $target = 'wts:' . wts_module() . '#sim:' . farm(names_farm('alive', 2, 3, 4));
    my $run = run('t/unit/conformance', $target, { timeout => 90 });
    is($run->{status}, 0, 'it conforms') or diag $run->{out};
    kept_by_every_spelling(sub { return run('logoff_sessions', '-T', $target, '--all', @_, { timeout => 60 })->{out} }, 0);
};

done_testing;
