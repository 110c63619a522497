#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The played farm, seen through its provider functions.
use strict;
use warnings;
use utf8;

use Test::More;
use Time::HiRes qw(time);

use Curfew;

plan skip_all => 'sim was not built' if !program('provider-sim');

my $tool = 't/unit/list-tool';

# The answers, one per target.
sub list {
    my (@targets) = @_;
    my $run = run($tool, @targets);
    is($run->{status}, 0, "listed @targets") or diag explain $run;
    is($run->{err}, '', 'and nothing on stderr');
    return map { json($_) } split /\n/, $run->{out};
}

# One host's sessions by id.
sub sessions {
    my ($target) = @_;
    my ($answer) = list($target);
    return {} if !$answer->{snapshot};
    return { map { $_->{id} => $_ } @{ $answer->{snapshot}{sessions} } };
}

sub failure {
    my ($target) = @_;
    my ($answer) = list($target);
    return $answer->{error} // {};
}

# Acts on the ids: one answer each.
sub act {
    my ($act, $target, @ids) = @_;
    my $run = run($tool, '-a', $act, ref $ids[-1] ? @{ pop @ids } : (), $target, @ids);
    return map { json($_) } split /\n/, $run->{out};
}

subtest 'every field of a session can be told' => sub {
    my $farm = farm(<<'FARM');
[host ts01]
skew = +7m
[session 7]
user = alice
domain = CORP
upn = alice@corp.example
station = RDP-Tcp#4
client-name = NB-ALICE
client-address = 192.0.2.7
collection = Office
application = WINWORD
state = shadow
state-text = Schattenkopie
class = console
kind = remote-app
locked = yes
own = unknown
birth = 01d9-abc
logon = -8h
connect = -2h
last-input = -45m
disconnect = unknown
fact client_build_number = 19041
fact work_directory = C:\a=b
[session listener]
class = listener
state = listen
FARM
    my ($answer) = list("sim:$farm");
    my $snapshot = $answer->{snapshot};
    my ($full, $bare) = @{ $snapshot->{sessions} };
    my %texts = (
        user           => 'alice',       domain      => 'CORP',
        upn            => 'alice@corp.example', station => 'RDP-Tcp#4',
        client_name    => 'NB-ALICE',    client_address => '192.0.2.7',
        collection     => 'Office',      application => 'WINWORD',
        state          => 'shadow',      state_text  => 'Schattenkopie',
        class          => 'console',     kind        => 'remote-app',
        birth          => '01d9-abc',    number      => 7,
        host           => 'ts01',        provider    => 'sim',
    );
    is($full->{$_}, $texts{$_}, $_) for sort keys %texts;
    ok($full->{locked}, 'locked');
    is_deeply($full->{facts}, { client_build_number => '19041', work_directory => 'C:\a=b' }, 'facts');
    is($full->{own},             undef, 'own is not known');
    is($full->{disconnect_time}, undef, 'nor is the disconnect time');
    my %ago = (logon_time => 8 * 3600, connect_time => 2 * 3600, last_input => 45 * 60);
    for my $key (sort keys %ago) {
        my $age = epoch($snapshot->{now}) - epoch($full->{$key});
        ok($age >= $ago{$key} && $age < $ago{$key} + 10, "$key on the host's clock");
    }
    my $skew = epoch($snapshot->{now}) - epoch($snapshot->{taken_at});
    is($skew, 420, 'the clock is seven minutes fast');
    is($bare->{class}, 'listener', 'a listener');
    is_deeply([@{$bare}{qw(user number birth)}], [undef, undef, '@+0'], 'with nobody in it');
    is_deeply([@{$bare}{qw(logon_time last_input)}], [undef, undef], 'and no times');
};

sub epoch {
    my ($text) = @_;
    my ($year, $month, $day, $hour, $minute, $second) = $text =~ /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):([\d.]+)Z$/
      or die "no time: $text";
    require Time::Local;
    return Time::Local::timegm(0, $minute, $hour, $day, $month - 1, $year) + $second;
}

subtest 'what is left out is what most sessions are' => sub {
    my $s = sessions('sim:' . farm("[host h]\n[session 1]\nuser = a\n[session 2]\nuser = b\ndisconnect = -3h\n"));
    is($s->{1}{state},           'active', 'active');
    is($s->{1}{class},           'user',   'a user');
    is($s->{1}{disconnect_time}, 'never',  'never disconnected');
    cmp_ok(abs(epoch($s->{1}{last_input}) - time), '<', 60, 'busy');
    is($s->{2}{state},      'disconnected',            'a disconnect time disconnects');
    is($s->{2}{last_input}, $s->{2}{disconnect_time}, 'which was the last input');
};

subtest 'names are text of any kind' => sub {
    my $farm = farm(qq{[host h]\n[session 1]\nuser = Zoë Ångström 山\n[session 2]\nuser = "a\\nb|c\\u001b[2J\\"%n"\n}
          . qq{[session 3]\nuser = CORP\\bob ; no comment\n});
    my $s = sessions("sim:$farm");
    is($s->{1}{user}, 'Zoë Ångström 山',   'UTF-8');
    is($s->{2}{user}, qq{a\nb|c\e[2J"%n}, 'JSON escapes within quotes');
    is($s->{3}{user}, 'CORP\bob ; no comment', 'anything else is literal');
    my $bytes = farm("[host h]\n[session 1]\nuser = x\n");
    write_file($bytes, "[host h]\n[session 1]\nuser = a\xffb\n");
    is(sessions("sim:$bytes")->{1}{user}, "a\x{fffd}b", 'what is no UTF-8 is replaced');
};

subtest 'mistakes name the line' => sub {
    my %bad = (
        "[host h]\n[session 1]\nusr = a\n"               => qr/:3: no key "usr" in \[session 1\]/,
        "[host h]\n\n[session 1]\nstate = idle\n"         => qr/:4: state cannot be "idle"/,
        "[session 1]\nuser = a\n"                         => qr/:1: \[session 1\] stands before any/,
        "[host h]\n[host H]\n"                            => qr/:2: host H is there already/,
        "[host h]\n[session 1]\n[session 1]\n"            => qr/:3: host h has a session 1 already/,
        "[hosts h 9-1]\n"                                 => qr/:1: write \[hosts NAME FIRST-LAST\]/,
        "[host h]\nfault = maybe\n"                       => qr/:2: fault cannot be "maybe"/,
        "[host h]\nat +1s = disconnect\n"                 => qr/:2: at \+1s cannot be "disconnect"/,
        "[host h]\n[session 1]\nat pin = away\n"          => qr/:3: at pin cannot be "away"/,
        "[host h]\n[session 1]\nfact No = x\n"           => qr/:3: fact No cannot be "x"/,
        "[host h]\nnonsense\n"                            => qr/:2: neither/,
        "[host h]\n[session 1]\nuser = a\x07b\n"          => qr/:3: control character 0x07/,
        "[host h]\n[session 1]\nuser = " . 'x' x 5000     => qr/:3: the line is longer/,
        '[host ' . 'x' x 60 . "]\n"                       => qr/:1: the section's name is longer/,
        "[farm]\nstart = file\n"                          => qr/no \[host NAME\] in it/,
        "[thing]\n"                                       => qr/:1: no section \[thing\]/,
    );
    for my $content (sort keys %bad) {
        my $error = failure('sim:' . farm($content));
        is($error->{code}, 'configuration', 'a mistake');
        like($error->{text}, $bad{$content}, "told as $bad{$content}");
    }
    is(failure('sim:/no/such/file')->{code}, 'system', 'a missing file');
};

subtest 'targets name the host' => sub {
    my $farm = farm("[host one]\n[host two]\n[session 5]\nuser = a\n[hosts rds 8-12]\nsessions = 3\n");
    is(failure("sim:$farm")->{code}, 'usage', 'one of several must be named');
    is_deeply(sessions("sim:$farm#one"), {}, 'a host without a line of its own is a host');
    is_deeply([keys %{ sessions("sim:$farm#TWO") }], ['5'], 'names have no case');
    is(scalar keys %{ sessions("sim:$farm#rds12") }, 3, 'a generated host');
    is(failure("sim:$farm#rds7")->{code},   'no such host', 'below the range');
    is(failure("sim:$farm#rds008")->{code}, 'no such host', 'another spelling is another host');
};

subtest 'the script goes on by itself' => sub {
    my $farm = farm(<<'FARM');
[host h]
at +3600s = away
[session 1]
user = a
at +300ms = disconnect
at +1h = logoff
[session 2]
user = b
present = no
at +300ms = logon
FARM
    my $first = sessions("sim:$farm");
    my $later = wait_for { my $s = sessions("sim:$farm"); $s->{2} && $s } 60;
    is($first->{1}{state}, 'active',       'at first') if !$first->{2};
    is($later->{1}{state}, 'disconnected', 'then');
    is($later->{1}{birth}, $first->{1}{birth}, 'the same session');
    is($later->{2}{connect_time}, $later->{2}{logon_time}, 'and a new one');
    ok(!-e "$farm.state", 'without a state file');

    # A farm as it is two hours after its start.
    utime time - 7200, time - 7200, $farm or die "utime: $!";
    is(failure("sim:$farm")->{code}, 'unreachable', 'the host has gone away');
};

subtest 'every event' => sub {
    my %events = (
        'input'      => sub { my ($s) = @_; epoch($s->{last_input}) },
        'idle 20m'   => sub { my ($s) = @_; epoch($s->{last_input}) + 1200 },
        'reconnect'  => sub { my ($s) = @_; epoch($s->{connect_time}) },
        'disconnect' => sub { my ($s) = @_; epoch($s->{disconnect_time}) },
        'user bob'   => sub { my ($s) = @_; $s->{user} eq 'bob' ? epoch($s->{logon_time}) : 0 },
        'lock'       => sub { my ($s) = @_; $s->{locked} ? 42 : 0 },
    );
    for my $event (sort keys %events) {
        my $farm  = farm("[host h]\n[session 1]\nuser = a\nlast-input = -1h\nat +1m = $event\n");
        my $start = int(time) - 600;
        utime $start, $start, $farm or die "utime: $!";
        my $at = $events{$event}->(sessions("sim:$farm")->{1});
        is($at, $event eq 'lock' ? 42 : $start + 60, $event);
    }
};

subtest 'an act changes the farm for every program' => sub {
    my $farm = farm("[host h]\n[session 1]\nuser = a\n[session 2]\nuser = b\n[session 3]\nuser = c\n");
    my ($did) = act('disconnect', "sim:$farm", 1);
    is($did->{outcome}{code}, 'done', 'done');
    is(sessions("sim:$farm")->{1}{state}, 'disconnected', 'and seen');
    ok(-e "$farm.state", 'kept beside the farm');
    ($did) = act('disconnect', "sim:$farm", 1);
    is($did->{outcome}{detail}, 'it was disconnected already', 'twice does no harm');
    ($did) = act('logoff', "sim+worker:$farm", 2);
    is($did->{outcome}{code}, 'done', 'by a worker, too');
    is(sessions("sim:$farm")->{2}, undef, 'seen by the first');
    ($did) = act('logoff', "sim:$farm", 2);
    is($did->{error}{code}, 'gone', 'what has gone cannot be pinned');
    ($did) = act('message', "sim:$farm", 3);
    like(read_file("$farm.state"), qr/message title: text/, 'a message can be read there');

    my @both = map { start($tool, '-a', $_, "sim:$farm", 3) } qw(disconnect message message message);
    finish($_) for @both;
    my $state = json(read_file("$farm.state"));
    is(scalar @{ $state->{records} }, 8, 'programs at the same time lose nothing of each other');

    utime time, time + 1, $farm or die "utime: $!";
    is(sessions("sim:$farm")->{2}{user}, 'b', 'touching the farm file starts it anew');
};

subtest 'hosts and sessions that do not obey' => sub {
    my $farm = farm(<<'FARM');
[host h]
[session 1]
user = refuses
acts = refuse
[session 2]
user = ignores
acts = ignore
[session 3]
user = late
acts = late 400ms
[session 4]
user = slow
acts = slow 300ms
[session 5]
user = hangs
acts = hang
[session 6]
user = unable
acts = unable
[session 7]
user = crash
acts = crash
[session 8]
user = answers
answer = ok after 50ms
[session 9]
user = sleeps
FARM
    is((act('logoff', "sim:$farm", 1))[0]{error}{code}, 'access denied', 'refused');
    is((act('logoff', "sim:$farm", 2))[0]{outcome}{code}, 'done', 'a lie');
    ok(sessions("sim:$farm")->{2}, 'seen through');
    is((act('logoff', "sim:$farm", 3))[0]{outcome}{code}, 'done', 'accepted');
    ok(wait_for { !sessions("sim:$farm")->{3} }, 'and done in the end');
    my $begun = time;
    is((act('logoff', "sim:$farm", 4))[0]{outcome}{code}, 'done', 'slow');
    cmp_ok(time - $begun, '>=', 0.3, 'as slow as that');
    my $run = run($tool, '-t', 300, '-a', 'logoff', "sim:$farm", 5);
    is(json($run->{out})->{error}{code}, 'timeout', 'hangs');
    cmp_ok($run->{seconds}, '<', 15, 'not longer than the deadline');
    is((act('logoff', "sim:$farm", 6))[0]{error}{code}, 'not supported', 'unable');
    is((act('logoff', "sim:$farm", 7))[0]{error}{code}, 'crashed', 'crashed');
    $run = run($tool, '-w', 1000, '-a', 'message', "sim:$farm", 8);
    is_deeply([@{ json($run->{out})->{outcome} }{qw(code answer)}], ['answered', 'ok'], 'answered');
    $run = run($tool, '-w', 100, '-a', 'message', "sim:$farm", 9);
    is(json($run->{out})->{outcome}{code}, 'no answer', 'not answered');
};

subtest 'between list and act' => sub {
    my $farm = farm(<<'FARM');
[host h]
[session 1]
user = alice
disconnect = -5h
at pin = reconnect
[session 2]
user = bob
at pin = user mallory
[session 3]
user = carol
at act = user mallory
[session 4]
user = dave
at act = logoff
[session 5]
user = erin
at pin = logoff
FARM
    my $before = sessions("sim:$farm");
    my @did    = act('logoff', "sim:$farm", 1 .. 5);
    is($before->{1}{state},      'disconnected', 'was away');
    is($did[0]{pinned}{state},   'active',       'is back when pinned');
    is($did[0]{pinned}{birth},   $before->{1}{birth}, 'the same session');
    is($did[1]{pinned}{user},    'mallory', 'another user got the id');
    isnt($did[1]{pinned}{birth}, $before->{2}{birth}, 'in another session');
    is($did[2]{pinned}{user},    'carol',   'nothing to be seen when pinned');
    is($did[2]{error}{code},     'changed', 'but held: the act hits nobody else');
    is($did[3]{outcome}{code},   'already gone', 'ended in between');
    is($did[4]{error}{code},     'gone',    'ended before');
    is(sessions("sim:$farm")->{3}{user}, 'mallory', 'the next list says so');
};

subtest 'births' => sub {
    my $farm = farm("[host h]\n[session 1]\nuser = a\n[session 2]\nuser = b\nbirth = none\n"
          . "[session 3]\nuser = c\nbirth = abc\nat +1s = user d\n");
    my $s = sessions("sim:$farm");
    ok($s->{1}{birth}, 'one of its own');
    is($s->{2}{birth}, undef, 'none, if told so');
    is($s->{3}{birth}, 'abc', 'a given one');
    my $past = time - 60;
    utime $past, $past, $farm or die "utime: $!";
    isnt(sessions("sim:$farm")->{3}{birth}, 'abc', 'which the next user has not');
};

subtest 'where the state is' => sub {
    my $dir = tempdir();
    my $farm = farm("[farm]\nstart = first-use\nstate = $dir/x.state\n[host h]\n[session 1]\nuser = a\n");
    my $s    = sessions("sim:$farm");
    ok(-e "$dir/x.state", 'where the farm says, at the first look');
    is(sessions("sim:$farm")->{1}{logon_time}, $s->{1}{logon_time}, 'the start stays');
    write_file("$dir/x.state", '{"no":"state"}');
    my $error = failure("sim:$farm");
    like($error->{text}, qr/not a state file/, 'what is no state file is left alone');

    my $fixed = farm("[farm]\nstart = 2026-01-01T08:00:00Z\n[host h]\n[session 1]\nuser = a\nlogon = -1h\n");
    is(sessions("sim:$fixed")->{1}{logon_time}, '2026-01-01T07:00:00.000Z', 'a fixed start');

    my $locked = tempdir();
    my $there  = write_file("$locked/f.sim", "[host h]\n[session 1]\nuser = a\n");
    chmod 0555, "$locked" or die "chmod: $!";
    is((act('disconnect', "sim:$there", 1))[0]{outcome}{code}, 'done', 'a folder that cannot be written');
    is(sessions("sim:$there")->{1}{state}, 'disconnected', 'has its state in the account\'s own');
    chmod 0755, "$locked" or die "chmod: $!";
};

subtest 'faults of a host' => sub {
    my %codes = (
        denied  => 'access denied', login => 'login failed', refused => 'connection refused', away => 'unreachable',
        'no-such-host' => 'no such host', crash => 'crashed', garbage => 'protocol',
    );
    for my $fault (sort keys %codes) {
        is(failure('sim:' . farm("[host h]\nfault = $fault\n"))->{code}, $codes{$fault}, $fault);
    }
    my ($cut) = list('sim:' . farm("[host h]\nsessions = 10\nfault = cut\n"));
    is(scalar @{ $cut->{snapshot}{sessions} }, 5, 'half a list');
    ok(!$cut->{snapshot}{complete}, 'which says so');
    like($cut->{snapshot}{notices}[0], qr/cut short/, 'in words, too');
    my $farm = farm("[host h]\nsessions = 2\nfault = flicker\n");
    my ($one, $two) = map { join ' ', sort keys %{ sessions("sim:$farm") } } 1 .. 2;
    isnt($one, $two, 'a list that is never the same');
};

subtest 'a hundred thousand sessions' => sub {
    my $run = run($tool, '-t', 60_000, 'sim:' . farm("[host h]\nsessions = 100000\n"));
    is($run->{status}, 0, 'listed');
    is(() = $run->{out} =~ /"id":/g, 100_000, 'all of them');
};

done_testing;
