#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# curfew-wtsapi.so, as a program sees it that uses WinPR's WTS API
# (t/unit/wts-client): the values of every class, in A and W, the numbers, acts.
use strict;
use warnings;
use utf8;

use File::Copy qw(copy);
use Socket qw(AF_UNIX PF_UNSPEC SOCK_STREAM);
use Test::More;
use Time::HiRes qw(time);

use Curfew;
use Wts;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output todo_output);

plan skip_all => 'the module was not built' if !wts_built();
plan skip_all => 'sim was not built' if !program('provider-sim');

# Windows' numbers.
my %class = (
    WTSInitialProgram => 0, WTSApplicationName => 1, WTSWorkingDirectory => 2, WTSOEMId => 3, WTSSessionId => 4,
    WTSUserName => 5, WTSWinStationName => 6, WTSDomainName => 7, WTSConnectState => 8, WTSClientBuildNumber => 9,
    WTSClientName => 10, WTSClientDirectory => 11, WTSClientProductId => 12, WTSClientHardwareId => 13,
    WTSClientAddress => 14, WTSClientDisplay => 15, WTSClientProtocolType => 16, WTSIdleTime => 17, WTSLogonTime => 18,
    WTSIncomingBytes => 19, WTSOutgoingBytes => 20, WTSIncomingFrames => 21, WTSOutgoingFrames => 22,
    WTSClientInfo => 23, WTSSessionInfo => 24, WTSSessionInfoEx => 25, WTSConfigInfo => 26, WTSValidationInfo => 27,
    WTSSessionAddressV4 => 28, WTSIsRemoteSession => 29,
);
my %code = (gone => 2, denied => 5, handle => 6, unsupported => 50, unimplemented => 120, name => 123, config => 1610);

my $FILETIME_1970 = 116_444_736_000_000_000;

sub filetime {
    my ($text) = @_;    # RFC 3339 in UTC
    my ($year, $month, $day, $hour, $minute, $second, $ms) =
      $text =~ /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)[.](\d{3})Z$/ or die "no time: $text";
    require Time::Local;
    return $FILETIME_1970 +
      (Time::Local::timegm($second, $minute, $hour, $day, $month - 1, $year) * 1000 + $ms) * 10_000;
}

# What check_sessions says of the same host: id => session.
sub sessions {
    my ($target) = @_;
    my $report = json(run('check_sessions', '-T', $target, '--output', 'json')->{out});
    return { map { $_->{id} => $_ } @{ $report->{targets}[0]{snapshot}{sessions} } };
}

my $full = farm(<<'FARM');
[host ts01]
skew = +7m
[session 7]
user = alice
domain = CORP
station = RDP-Tcp#4
client-name = NB-ALICE
client-address = 192.0.2.7
collection = Office
application = WINWORD
locked = yes
logon = -8h
connect = -2h
last-input = -45m
[session 8]
user = Zoë 山𝄞
domain = Ärzte
station = RDP-Tcp#5
client-name = Käthe
client-address = 2001:db8::8
logon = -9h
connect = -3h
disconnect = -90m
[session 9]
user = a-user-whose-name-is-far-longer-than-20
domain = A-DOMAIN-OF-MORE-THAN-17
station = a-station-with-a-name-of-more-than-32-characters
client-name = a-client-of-more-than-20
locked = no
last-input = unknown
[session 10]
user = 1234567890123456789𝄞x
domain = 123456789012345ÄÖ
[session 0]
class = services
[session 1]
user = eve
class = console
FARM

for my $wide (q{}, 'w') {
    my $call = $wide || 'a';
    my $kind = $wide ? 'W' : 'A';

    subtest "lists, $kind" => sub {
        my ($open, $list, $ex) = wts([$call, "open sim:$full", 'list', 'list-ex'])->@[1 .. 3];
        is($open->{handle}[0], 'good', 'a server');
        is_deeply($list->{id},    [7, 8, 9, 10, 0, 1], 'the systems own numbers, in its order');
        is_deeply($list->{state}, [0, 4, 0, 0, 0, 0], 'states');
        is_deeply(
            $list->{station},
            ['RDP-Tcp#4', 'RDP-Tcp#5', 'a-station-with-a-name-of-more-than-32-characters', q{}, 'Services', 'Console'],
            'stations, and the names by which Windows calls what has none'
        );
        is_deeply($ex->{id},     $list->{id},    'the same sessions');
        is_deeply($ex->{state},  $list->{state}, 'in the same states');
        is_deeply($ex->{name},   $list->{station}, 'under the same names');
        is_deeply($ex->{host},   [('ts01') x 6], 'their host');
        is_deeply($ex->{user}, ['alice', 'Zoë 山𝄞', 'a-user-whose-name-is-far-longer-than-20',
            '1234567890123456789𝄞x', q{}, 'eve'], 'users, whole');
        is_deeply($ex->{domain}, ['CORP', 'Ärzte', 'A-DOMAIN-OF-MORE-THAN-17', '123456789012345ÄÖ', q{}, q{}], 'domains');
        is_deeply($ex->{farm}, ['Office', (q{}) x 5], 'collections');
        ok(!$ex->{free}, 'and given back');
    };

    subtest "texts and numbers, $kind" => sub {
        my %want = (
            WTSInitialProgram => 'WINWORD', WTSApplicationName => 'WINWORD', WTSUserName => 'alice',
            WTSWinStationName => 'RDP-Tcp#4', WTSDomainName => 'CORP', WTSClientName => 'NB-ALICE',
        );
        for my $name (sort keys %want) {
            my $got = info("sim:$full", 7, $name, $call);
            is($got->{text}[0], $want{$name}, $name);
            is($got->{size}[0], (length($want{$name}) + 1) * ($wide ? 2 : 1), 'in so many bytes, its NUL included');
        }
        my $long = info("sim:$full", 9, 'WTSUserName', $call);
        is($long->{text}[0], 'a-user-whose-name-is-far-longer-than-20', 'WTSUserName is never cut');
        my $unicode = info("sim:$full", 8, 'WTSUserName', $call);
        is($unicode->{text}[0], 'Zoë 山𝄞', 'any script');
        is($unicode->{size}[0], $wide ? 16 : 13, 'in UTF-' . ($wide ? 16 : 8));
        my %number = (
            WTSSessionId => [7, 4], WTSConnectState => [0, 4], WTSClientBuildNumber => [0, 4], WTSClientHardwareId => [0, 4],
            WTSClientProductId => [0, 2], WTSClientProtocolType => [2, 2], WTSIsRemoteSession => [1, 4],
        );
        for my $name (sort keys %number) {
            my $got = info("sim:$full", 7, $name, $call);
            is($got->{number}[0], $number{$name}[0], $name);
            is($got->{size}[0],   $number{$name}[1], 'in so many bytes');
        }
        my $idle = info("sim:$full", 7, 'WTSIdleTime', $call);
        cmp_ok($idle->{number}[0], '>=', 45, 'WTSIdleTime, in minutes');
        cmp_ok($idle->{number}[0], '<=', int age_by_now($full, 45 * 60) / 60, 'and no more than have passed');
        is($idle->{size}[0], 4, 'in so many bytes');
        is(info("sim:$full", 7, 'WTSClientDisplay', $call)->{bytes}[0], '00' x 12, 'WTSClientDisplay: not told');
        is(info("sim:$full", 8, 'WTSConnectState',  $call)->{number}[0], 4, 'disconnected');
        is(info("sim:$full", 8, 'WTSIdleTime',      $call)->{number}[0], 0, 'and not idle');
        is(info("sim:$full", 1, 'WTSClientProtocolType', $call)->{number}[0], 0, 'the console');
        is(info("sim:$full", 1, 'WTSIsRemoteSession', $call)->{number}[0], 0, 'is not remote');
        is(info("sim:$full", 7, 'WTSLogonTime', $call)->{number}[0],
            filetime(sessions("sim:$full")->{7}{logon_time}), 'WTSLogonTime');
    };

    subtest "addresses, $kind" => sub {
        my $four = info("sim:$full", 7, 'WTSClientAddress', $call);
        is($four->{family}[0],  2, 'AF_INET');
        is($four->{address}[0], '0000c0000207' . '00' x 14, 'from the third byte on');
        my $six = info("sim:$full", 8, 'WTSClientAddress', $call);
        is($six->{family}[0],  23, 'AF_INET6 as Windows has it');
        is($six->{address}[0], '20010db8' . '00' x 11 . '08' . '00' x 4, 'all of it');
        my $none = info("sim:$full", 9, 'WTSClientAddress', $call);
        is($none->{family}[0], 0, 'none');
        my $client = info("sim:$full", 7, 'WTSClientInfo', $call);
        is_deeply([map { $client->{$_}[0] } qw(client-name domain user program family build device)],
            ['NB-ALICE', 'CORP', 'alice', 'WINWORD', 2, 0, q{}], 'WTSClientInfo');
        like($client->{address}[0], qr/^c0000207/, 'and its address');
        is(info("sim:$full", 9, 'WTSClientInfo', $call)->{'client-name'}[0], 'a-client-of-more-tha', 'which cuts at 20');
    };

    subtest "times and lock, $kind" => sub {
        my $real = sessions("sim:$full");
        for my $name (qw(WTSSessionInfo WTSSessionInfoEx)) {
            my $got = info("sim:$full", 7, $name, $call);
            is_deeply([map { $got->{$_}[0] } qw(id state station domain user)], [7, 0, 'RDP-Tcp#4', 'CORP', 'alice'], $name);
            is($got->{logon}[0],        filetime($real->{7}{logon_time}),   'logon');
            is($got->{connect}[0],      filetime($real->{7}{connect_time}), 'connect');
            is($got->{'last-input'}[0], filetime($real->{7}{last_input}),   'last input');
            is($got->{disconnect}[0],   0,                                  'never disconnected');
            my $ahead = $got->{now}[0] / 10_000_000 - $FILETIME_1970 / 10_000_000 - time;
            ok(abs($ahead - 420) < 20, 'now is on the hosts clock, seven minutes ahead') or diag $ahead;
            my $gone = info("sim:$full", 8, $name, $call);
            is($gone->{disconnect}[0], filetime($real->{8}{disconnect_time}), 'disconnected since');
            my $unknown = info("sim:$full", 9, $name, $call);
            is($unknown->{'last-input'}[0], 0, 'what is not known is 0');
        }
        my %flags = (7 => 0, 9 => 1);
        is(info("sim:$full", $_, 'WTSSessionInfoEx', $call)->{flags}[0], $flags{$_}, "lock flags of $_") for sort keys %flags;
        is(info("sim:$full", 10, 'WTSSessionInfoEx', $call)->{flags}[0], 1, 'unlocked unless it says else');
    };

    subtest "what does not fit is cut at a character, $kind" => sub {
        my $info = info("sim:$full", 9, 'WTSSessionInfo', $call);
        is($info->{user}[0],    'a-user-whose-name-is',            'WTSINFO: user, 20');
        is($info->{domain}[0],  'A-DOMAIN-OF-MORE',                'domain, 16');
        is($info->{station}[0], 'a-station-with-a-name-of-more-t', 'station, 31');
        my $ex = info("sim:$full", 9, 'WTSSessionInfoEx', $call);
        is($ex->{user}[0],    'a-user-whose-name-is',             'WTSINFOEX: user, 20');
        is($ex->{domain}[0],  'A-DOMAIN-OF-MORE-',                'domain, 17');
        is($ex->{station}[0], 'a-station-with-a-name-of-more-th', 'station, 32');
        my $odd = info("sim:$full", 10, 'WTSSessionInfo', $call);
        is($odd->{user}[0],   '1234567890123456789', 'no half of a character at the end');
        is($odd->{domain}[0], $wide ? '123456789012345Ä' : '123456789012345', 'nor of two bytes');
    };
}

sub info {
    my ($target, $id, $name, $call) = @_;
    return wts([$call // 'a', "open $target", "info $id $class{$name}"])->[2];
}

subtest 'what a system tells of the client' => sub {
    my $farm = farm(<<'FARM');
[host ts01]
[session 1]
user = frank
fact client_build_number = 4294967295
fact client_hardware_id = 2882400001
fact client_product_id = 4660
fact horizontal_resolution = 1920
fact vertical_resolution = 1080
fact color_depth = 8
fact protocol = 1
fact encryption_level = 3
fact work_directory = C:\Wörk
fact initial_program = excel.exe
fact client_directory = C:\Windows\System32\mstscax.dll
fact out_buffers_host = 9
fact out_buffers_client = 8
fact out_buffer_length = 530
[session 2]
user = grace
application = WINWORD
fact client_build_number = 4294967296
fact client_product_id = 65536
fact client_hardware_id = many
fact protocol = -1
[session 3]
user = eve
class = console
fact protocol = 2
FARM
    my %texts   = (WTSWorkingDirectory => 'C:\Wörk', WTSInitialProgram => 'excel.exe', WTSApplicationName => q{},
        WTSClientDirectory => 'C:\Windows\System32\mstscax.dll');
    my %numbers = (WTSClientBuildNumber => 4294967295, WTSClientHardwareId => 2882400001, WTSClientProductId => 4660,
        WTSClientProtocolType => 1);
    for my $call (qw(a w)) {
        my @names   = (sort(keys %texts), sort(keys %numbers), qw(WTSClientDisplay WTSClientInfo));
        my @results = wts([$call, "open sim:$farm", map { "info 1 $class{$_}" } @names])->@*;
        my %got; @got{@names} = @results[2 .. $#results];
        is($got{$_}{text}[0], $texts{$_}, "$_, $call") for sort keys %texts;
        is($got{WTSWorkingDirectory}{size}[0], $call eq 'w' ? 16 : 9, 'in so many bytes');
        is($got{$_}{number}[0], $numbers{$_}, "$_, $call") for sort keys %numbers;
        is($got{WTSClientDisplay}{bytes}[0], '800700003804000008000000', 'WTSClientDisplay');
        my $client = $got{WTSClientInfo};
        is_deeply([map { $client->{$_}[0] } qw(work-directory program directory encryption width height depth build hardware product
            buffers-host buffers-client buffer-length device)], ['C:\Wörk', 'excel.exe', 'C:\Windows\System32\mstscax.dll', 3, 1920, 1080, 8,
            4294967295, 2882400001, 4660, 9, 8, 530, q{}], 'WTSClientInfo');
    }
    is(info("sim:$farm", 2, $_)->{number}[0], 0, "$_ that does not fit is not told")
      for qw(WTSClientBuildNumber WTSClientProductId WTSClientHardwareId);
    is(info("sim:$farm", 2, 'WTSClientProtocolType')->{number}[0], 2, 'RDP, unless it says else');
    is(info("sim:$farm", 2, 'WTSInitialProgram')->{text}[0], 'WINWORD', 'the application is the program');
    is(info("sim:$farm", 2, $_)->{info}[0], "error $code{unsupported}", "no $_") for qw(WTSWorkingDirectory WTSClientDirectory);
    is(info("sim:$farm", 3, 'WTSClientProtocolType')->{number}[0], 0, 'the console stays the console');
};

subtest 'classes without a source say so' => sub {
    for my $name (qw(WTSWorkingDirectory WTSOEMId WTSClientDirectory WTSIncomingBytes WTSOutgoingBytes WTSIncomingFrames
        WTSOutgoingFrames WTSConfigInfo WTSValidationInfo WTSSessionAddressV4)) {
        is(info("sim:$full", 7, $name)->{info}[0], "error $code{unsupported}", $name);
    }
    is(wts(["open sim:$full", 'info 7 4711'])->[1]{info}[0], "error $code{unsupported}", 'nor is there such a class');
    my $rest = wts(['unsupported'])->[0];
    is_deeply([map { $rest->{$_}[0] } qw(processes terminate notify token channel shadow console)],
        [("error $code{unimplemented}") x 7], 'and so do functions that Curfew has nothing for');
};

subtest 'mistakes are found out' => sub {
    my ($none) = wts(['open nothing-of-that-name'])->@*;
    is($none->{open}[0],   "error $code{name}", 'no such target');
    is($none->{handle}[0], 'INVALID', 'never NULL, which would be this machine');
    is(wts(['open sim:/nowhere/at-all.sim', 'list'])->[1]{list}[0], 'error 31', 'no such farm');
    my $slip = farm("[host h]\nsesions = 3\n");
    is(wts(["open sim:$slip", 'list'])->[1]{list}[0], "error $code{config}", 'a slip in a farm');
    my $away = farm("[host h]\nfault = refused\n");
    is(wts(["open sim:$away", 'list'])->[1]{list}[0], 'error 1722', 'a host that is away is RPC_S_SERVER_UNAVAILABLE');
    my ($list, $gone) = wts(["open sim:$full", 'info 4711 5', 'disconnect 4711'])->@[1, 2];
    is($list->{info}[0], "error $code{gone}", 'no such session to ask about');
    is($gone->{why}[0],  "error $code{gone}", 'nor to act on');
    my $misuse = wts(["open sim:$full", 'misuse'])->[1];
    is_deeply([map { $misuse->{$_}[0] } qw(version reserved nowhere nothing free-processes)], [('error 87') x 5], 'arguments');
    is($misuse->{level}[0], 'error 124', 'a level');
    is_deeply([map { $misuse->{$_}[0] } qw(closed invalid address)], [("error $code{handle}") x 3], 'handles');
    my $group = write_file(tempdir_kept() . '/curfew.conf', "[group all]\nmembers = sim:$full, sim:$away\n");
    is(wts(['open all'], config => $group)->[0]{open}[0], "error $code{name}", 'a group is no server');
};

subtest 'the configuration names servers' => sub {
    my $config = write_file(tempdir_kept() . '/curfew.conf', "[target office]\nurl = sim:$full\n[section wtsapi]\ntarget = office\n");
    is(scalar wts(['open office', 'list'], config => $config)->[1]{id}->@*, 6, 'by a name of its own');
    is(scalar wts(['list'], config => $config)->[0]{id}->@*, 6, 'and what no name means');
    my $bad = write_file(tempdir_kept() . '/curfew.conf', "[section wtsapi]\nexcute = yes\n");
    is(wts(["open sim:$full"], config => $bad)->[0]{open}[0], "error $code{config}", 'a slip in it is an error');
};

subtest 'numbers for systems that have none' => sub {
    my @ids  = map { sprintf '7dd0c9f4-0c26-4a3b-9c1d-%012x', $_ } 1 .. 400;
    my $farm = farm("[host cloud]\n" . join q{}, map { "[session $_]\nuser = user$_\n" } @ids);
    my ($first, $wide, $again) = wts(["open sim:$farm", 'list', 'w', 'list-ex', 'a', 'list'])->@[1, 3, 5];
    my %seen = map { $_ => 1 } $first->{id}->@*;
    is(scalar keys %seen, 400, 'all different');
    is((grep { $_ < 0x8000_0000 || $_ >= 0xffff_fffe } keys %seen), 0, 'with the highest bit, and none of the reserved');
    is_deeply($again->{id}, $first->{id}, 'stable within a handle');
    is_deeply($wide->{id},  $first->{id}, 'in W too');
    is_deeply(wts(["open sim:$farm", 'list'])->[1]{id}, $first->{id}, 'and in another process');
    my $one = $first->{id}[17];
    is(wts(["open sim:$farm", "info $one $class{WTSUserName}"])->[1]{text}[0], "user$ids[17]", 'one is asked for by its number');
    my $big = farm("[host h]\n[session 2147483648]\nuser = a\n[session 2147483647]\nuser = b\n");
    my $list = wts(["open sim:$big", 'list'])->[1];
    is($list->{id}[1], 2147483647, 'a number of 31 bits is kept');
    isnt($list->{id}[0], 2147483647, 'one of 32 might be ours');
    cmp_ok($list->{id}[0], '>=', 0x8000_0000, 'and is made');
};

subtest 'a list is fresh when it is asked for' => sub {
    my $farm = farm("[host h]\n[session 1]\nuser = a\n[session 2]\nuser = b\n");
    my ($before, $after, $gone) = with_pause(["open sim:$farm", 'list'],
        sub { write_file($farm, "[host h]\n[session 2]\nuser = b\n") },
        ['list', "info 1 $class{WTSUserName}"]);
    is_deeply($before->{id}, [1, 2], 'before');
    is_deeply($after->{id}, [2], 'after');
    is($gone->{info}[0], "error $code{gone}", 'and the other is gone');
};

# Lines, something to do in between, lines: the results of the last of the first lines, and of all the second.
sub with_pause {
    my ($lines, $between, $more, %options) = @_;
    my $sign    = tempdir_kept() . '/go';
    my $process = wts_start([@{$lines}, "await $sign", @{$more}], %options);
    ok(wts_said($process, scalar @{$lines}), 'so far');
    $between->();
    write_file($sign, q{});
    my $results = wts_finish($process);
    return @{$results}[$#{$lines}, @{$lines} + 1 .. $#{$results}];
}

subtest 'nothing changes unless the configuration allows it' => sub {
    my $farm = farm("[host h]\n[session 1]\nuser = alice\n");
    for my $lines ("[defaults]\nmax-acts = 5\n", "[section other]\nexecute = yes\n", "[section wtsapi]\nexecute = yes\ndry-run = yes\n") {
        my $config = write_file(tempdir_kept() . '/curfew.conf', $lines);
        my @results = wts(["open sim:$farm", 'disconnect 1', 'logoff 1', 'message 1 title 0 text'], config => $config)->@*;
        is_deeply([$results[1]{why}[0], $results[2]{why}[0], $results[3]{message}[0]], [("error $code{denied}") x 3],
            'not with ' . $lines =~ s/\n/ /gr);
    }
    is(sessions("sim:$farm")->{1}{state}, 'active', 'and he is still there');
    ok(!-e "$farm.state", 'nothing was tried');
};

# A configuration that allows acts, and the state folder it names.
sub allowed {
    my (@more) = @_;
    my $dir    = tempdir_kept();
    my $config = write_file("$dir/curfew.conf", join "\n", '[section wtsapi]', 'execute = yes', "state-dir = $dir/state", @more, q{});
    return ($config, "$dir/state/audit.jsonl");
}

sub audit {
    my ($file) = @_;
    return map { json($_) } split /\n/, read_file($file);
}

subtest 'acts' => sub {
    my $farm = farm("[host h]\n[session 1]\nuser = alice\nanswer = cancel\n[session 2]\nuser = bob\n[session 3]\nuser = carol\nanswer = ok after 50ms\n[session 4]\nuser = dave\nstate = disconnected\n");
    my ($config, $audit) = allowed('max-acts = 5', 'max-percent = 100');
    my @results = wts([
        "open sim:$farm", 'list',
        'message 1 Title 2 Please save your work', 'message 2 Title 1 Nobody answers', 'w', 'message 3 Überschrift 5 Grüße 𝄞', 'a',
        'message 1 Title 0 No answer is waited for', 'message 4 Title 0 Nobody sees this',
        'disconnect 2', 'list', 'disconnect 2', 'logoff 1', 'list', 'logoff 1',
    ], config => $config)->@*;
    is($results[2]{answer}[0], 2,     'IDCANCEL');
    is($results[3]{answer}[0], 32000, 'IDTIMEOUT');
    is($results[5]{answer}[0], 1,     'IDOK, in W');
    is($results[7]{answer}[0], 32001, 'IDASYNC');
    is($results[8]{message}[0], "error $code{denied}", 'nobody is there to read it');
    is($results[9]{disconnect}[0], 'TRUE', 'disconnected');
    is_deeply($results[10]{state}, [0, 4, 0, 4], 'and seen to be');
    is($results[11]{disconnect}[0], 'TRUE', 'once more is no mistake');
    is($results[12]{logoff}[0], 'TRUE', 'logged off');
    is_deeply($results[13]{id}, [2, 3, 4], 'and seen to be');
    is($results[14]{why}[0], "error $code{gone}", 'a second time there is nobody');
    my @audit = audit($audit);
    is_deeply([map { $_->{action} } grep { $_->{event} eq 'result' } @audit],
        ['message', 'message', 'message', 'message', 'disconnect', 'log off'], 'each with its audit');
    like($audit[0]{program}, qr/^curfew-wtsapi for wts-client$/, 'which says who asked');
    my $state = json(read_file("$farm.state"));
    ok((grep { ($_->{event} // q{}) =~ /Grüße 𝄞/ } $state->{records}->@*), 'the words came through as they were')
      or diag explain $state->{records};
};

subtest 'the engine keeps its rules' => sub {
    my ($config) = allowed('max-acts = 1', 'max-percent = 100', 'exclude-user = vip');
    my $farm = farm("[host h]\n[session 1]\nuser = alice\n[session 2]\nuser = bob\n[session 3]\nuser = vip\n"
          . "[session 4]\nuser = unborn\nbirth = none\n[session 5]\nuser = me\n" . "own = yes\n[session 0]\nclass = services\n[session 6]\nuser = eve\nclass = console\n");
    my @results = wts(["open sim:$farm", (map { "logoff $_" } 3, 4, 5, 0, 6, 1, 2)], config => $config)->@*;
    is($results[$_]{logoff}[0], 'FALSE', 'kept') for 1 .. 5;
    is($results[$_]{why}[0], "error $code{denied}", 'refused') for 2 .. 5;
    is($results[6]{logoff}[0], 'TRUE', 'one may go');
    is($results[7]{why}[0], 'error 1223', 'and then the limit is reached');
    is_deeply([sort keys sessions("sim:$farm")->%*], [0, 2 .. 6], 'the others are there');
    my ($percent) = allowed('max-acts = 5', 'max-percent = 10');
    is(wts(["open sim:$farm", 'logoff 2'], config => $percent)->[1]{logoff}[0], 'FALSE', 'the other limit');
    my $cut = farm("[host h]\nfault = cut\n[session 1]\nuser = a\n[session 2]\nuser = b\n");
    is(wts(["open sim:$cut", 'logoff 1'], config => $config)->[1]{logoff}[0], 'FALSE', 'a list that was cut short');
};

subtest 'a number that belongs to another session now' => sub {
    my $farm = farm("[host h]\n[session 1]\nuser = alice\n");
    my ($config, $audit) = allowed('max-percent = 100');
    my ($before, $act, $query, $again) = with_pause(["open sim:$farm", 'list-ex'],
        sub { write_file($farm, "[host h]\n[session 1]\nuser = mallory\n") },
        ['logoff 1', "info 1 $class{WTSUserName}", 'logoff 1'], config => $config);
    is($before->{user}[0], 'alice', 'the caller was shown alice');
    is($act->{logoff}[0], 'FALSE', 'so mallory is kept');
    is($act->{why}[0], "error $code{gone}", 'as she is not there');
    is($query->{text}[0], 'mallory', 'once he was shown the new one');
    is($again->{logoff}[0], 'TRUE', 'he can mean that one');
    ok((grep { $_->{event} eq 'refused' } audit($audit)), 'the refusal is in the audit');
    my $late = farm("[host h]\n[session 1]\nuser = alice\nat pin = user mallory\n");
    is(wts(["open sim:$late", 'list', 'logoff 1'], config => $config)->[2]{logoff}[0], 'FALSE', 'and at the last moment');
};

subtest 'the caller\'s own session' => sub {
    my ($config) = allowed('max-percent = 100');
    my $user = run_user() // getpwuid $>;
    my $farm = farm("[host h]\n[session 1]\nuser = $user\n[session 2]\nuser = alice\n");
    is(wts(["open sim:$farm", "info current $class{WTSSessionId}"])->[1]{number}[0], 1, 'the one of his account');
    my $own = farm("[host h]\n[session 1]\nuser = $user\n[session 2]\nuser = x\n" . "own = yes\n");
    is(wts(["open sim:$own", "info current $class{WTSSessionId}"])->[1]{number}[0], 2, 'or the one that is marked');
    is(wts(["open sim:$own", 'logoff current'], config => $config)->[1]{why}[0], "error $code{denied}", 'which is never acted on');
    my $none = farm("[host h]\n[session 1]\nuser = alice\n");
    is(wts(["open sim:$none", "info current $class{WTSSessionId}"])->[1]{info}[0], "error $code{gone}", 'or there is none');
};

subtest 'a host program is left alone' => sub {
    my $farm    = farm("[host h]\ndelay = 300ms\n[session 1]\nuser = alice\n");
    my $process = wts_start(["open sim:$farm", 'list', 'await ' . tempdir_kept() . '/never']);
    ok(wts_said($process, 2), 'listed');
    my $pid = $process->{pid};
    my @children = grep { /\S/ } split /\s+/, read_file("/proc/$pid/task/$pid/children") // q{};
    is_deeply(\@children, [], 'no child is left with it');
    my %open = map { $_ => readlink "/proc/$pid/fd/$_" } map { m{(\d+)$} } glob "/proc/$pid/fd/*";
    for my $leaked (grep { $_ > 2 } keys %open) {    # into the test itself, by whoever runs it
        delete $open{$leaked} if (readlink("/proc/$$/fd/$leaked") // q{}) eq $open{$leaked};
    }
    is_deeply([sort { $a <=> $b } keys %open], [0, 1, 2], 'nor a descriptor') or diag explain \%open;
    like(read_file("/proc/$pid/status"), qr/^SigCgt:\t0+$/m, 'nor a signal handler') or diag read_file("/proc/$pid/status");
    my $run = stop($process, 'KILL');
    is($run->{err}, q{}, 'nothing on stderr');
    unlike($run->{out}, qr/^(?!\w[\w-]*=)/m, 'nothing of ours on stdout');
};

# What the broker says to these bytes, as from a module.
sub broker_says {
    my ($question) = @_;
    socketpair my $ours, my $its, AF_UNIX, SOCK_STREAM, PF_UNSPEC or die "socketpair: $!";
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        open STDIN,  '<&', $its or die "stdin: $!";
        open STDOUT, '>&', $its or die "stdout: $!";
        close $ours;
        exec program('wtsapi/curfew-wtsapi-broker') or die "exec: $!";
    }
    close $its;
    syswrite $ours, $question;
    waitpid $pid, 0;
    local $SIG{ALRM} = sub { die "the broker says nothing\n" };
    alarm 60;
    my $said = do { local $/ = undef; <$ours> };
    alarm 0;
    return $said;
}

# The module stays in a running program when its broker is upgraded.
subtest 'a module of another version' => sub {
    like(broker_says($_->[1]), qr/\Aprotocol=1\0error=configuration\0text=[^\0]*restart the program\0\0\z/, $_->[0])
      for ['that says none', "op=open\0\0"], ['a later one', "protocol=2\0op=open\0\0"], ['no number', "protocol=x\0\0"], ['nothing', "\0"];
};

subtest 'a broker ends with its caller' => sub {
    my $farm    = farm("[host h]\nfault = hang\n[session 1]\nuser = alice\n");
    my $before  = brokers();
    my $process = wts_start(["open sim+worker:$farm", 'list']);
    ok(wait_for { brokers() > $before }, 'it is at work');
    stop($process, 'KILL');
    ok(wait_for { brokers() == $before }, 'and ends, long before its deadline');
};

sub broker_pids {
    my $ours = program('wtsapi/curfew-wtsapi-broker');
    return map { /(\d+)$/ } grep { (readlink("$_/exe") // q{}) eq $ours } glob '/proc/[0-9]*';
}

sub brokers { return scalar(my @pids = broker_pids()) }

# The broker that waits for a worker.  The process that starts a broker has a child, too, for a moment: the broker.
sub broker_at_work {
    my $ours = program('wtsapi/curfew-wtsapi-broker');
    for my $pid (broker_pids()) {
        my @children = (eval { read_file("/proc/$pid/task/$pid/children") } // q{}) =~ /\d+/g;
        return $pid if grep { (readlink("/proc/$_/exe") // $ours) ne $ours } @children;
    }
    return;
}

subtest 'a broker whose last resort is SIGALRM' => sub {
    my $farm    = farm("[host h]\nfault = hang\n[session 1]\nuser = alice\n");
    my ($config) = allowed("timeout = 120\ntarget-timeout = 110");    # later than the alarm on a busy machine
    my $process = wts_start(["open sim+worker:$farm", 'list'], config => $config, timeout => 120);
    my $worked;
    ok(wts_said($process, 1) && wait_for { $worked = broker_at_work() }, 'is at work');
    ok(kill('ALRM', $worked), 'and late');
    is(wts_finish($process)->[1]{list}[0], 'error 1460', 'which is what its caller hears');
};

subtest 'an act outlives its caller' => sub {
    my $farm = farm("[host h]\n[session 1]\nuser = alice\n");
    my ($config, $audit) = allowed('max-percent = 100');
    my $process = wts_start(["open sim:$farm", 'message 1 Title 2 text'], config => $config);
    ok(wait_for { -e $audit && grep { $_->{event} eq 'intent' } audit($audit) }, 'it is under way');
    stop($process, 'KILL');
    ok(wait_for { grep { $_->{event} eq 'end' } audit($audit) }, 'and comes to its end');
    is((grep { $_->{event} eq 'result' } audit($audit))[0]{outcome}, 'no answer', 'with a result in the audit');
    ok(wait_for { brokers() == 0 }, 'nothing is left');
};

subtest 'the last error reaches a WinPR that is out of sight' => sub {
    my ($winpr) = qx{ldd @{[program('t/unit/wts-client')]}} =~ m{=>\s+(\S*/libwinpr\S+)};
    plan skip_all => 'python3 is not installed' if !-x '/usr/bin/python3';
    plan skip_all => 'the sanitizers want to be first' if wts_sanitized();
    # ctypes loads with RTLD_LOCAL: no other library can see its names.
    my $script = <<'PYTHON';
import ctypes, sys
winpr = ctypes.CDLL(sys.argv[1])
count, sessions = ctypes.c_uint32(), ctypes.c_void_p()
winpr.SetLastError(0)
done = winpr.WTSEnumerateSessionsA(ctypes.c_void_p(4711), 0, 1, ctypes.byref(sessions), ctypes.byref(count))
print(done, winpr.GetLastError())
PYTHON
    my $run = run('/usr/bin/python3', '-c', $script, $winpr, { env => { WTSAPI_LIBRARY => wts_module() } });
    is($run->{out}, "0 $code{handle}\n", 'ERROR_INVALID_HANDLE') or diag explain $run;
};

# A broker of this kind, in a folder of its own: it has heard the question when the lines are run.
sub false_broker {
    my ($lines) = @_;
    my $dir = tempdir_kept();
    write_file("$dir/curfew-wtsapi-broker", <<"BROKER");
#!/usr/bin/perl
exit if fork;
sysread STDIN, my \$question, 65536;
if (\$question =~ /op=open/) { syswrite STDOUT, "protocol=1\\0list=100\\0act=100\\0\\0"; exit }
$lines
BROKER
    chmod 0755, "$dir/curfew-wtsapi-broker";
    return $dir;
}

subtest 'a broker may do what it likes' => sub {
    my $list = sub { wts(["open sim:$full", 'list'], libexec => $_[0])->[1]{list}[0] };
    is($list->(false_broker($_->[1])), "error $_->[2]", $_->[0]) for (
        ['no word',           'exit',                                            109],
        ['half an answer',    'syswrite STDOUT, "protocol=1\0now=1\0session=5\0"; kill 9, $$', 109],
        ['an empty answer',   'syswrite STDOUT, "\0" x 4096',                     1306],
        ['sessions and no clock', 'syswrite STDOUT, "protocol=1\0session=1\0user=x\0\0"',     13],
        ['rubbish',           'syswrite STDOUT, "protocol=1\0hello\0world\0\0"',  13],
        ['no version',        'syswrite STDOUT, "now=1\0\0"',                       1306],
        ['another version',   'syswrite STDOUT, "protocol=2\0now=1\0\0"',           1306],
        ['an unknown error',  'syswrite STDOUT, "protocol=1\0error=whatever\0\0"',            31],
        ['silence',           'sleep 60',                                        1460],
    );
    my $open = sub { wts(["open sim:$full"], libexec => $_[0])->[0]{open}[0] };
    my $dir = tempdir_kept();
    is($open->($dir), 'error 126', 'none');
    my $file = write_file("$dir/curfew-wtsapi-broker", 'no program');
    is($open->($dir), 'error 126', 'none that may be run');
    chmod 0755, $file;
    is($open->($dir), 'error 126', 'nor can be');
    write_file($file, "#!/bin/sh\nread -r nothing\n");
    my $begun = time;
    is($open->($dir), 'error 1460', 'one that never makes a process of its own');
    cmp_ok(time - $begun, '<', 25, 'is not waited for without end');
};

subtest 'the last error of calls without a server' => sub {
    my $slip = write_file(tempdir_kept() . '/curfew.conf', "[section wtsapi]\nexcute = yes\n");
    my @results = wts(['logoff 1', 'disconnect 1', 'message 1 t 0 text', 'list'], config => $slip)->@*;
    is_deeply([map { $results[$_->[0]]{ $_->[1] }[0] } [0, 'why'], [1, 'why'], [2, 'message'], [3, 'list']],
        [("error $code{config}") x 4], 'is what kept it from being one');
};

subtest 'what is too long is not cut' => sub {
    my $name = "sim:$full" . '#' . 'x' x 5000;
    is(wts(["open $name"])->[0]{open}[0], "error $code{name}", 'a server');
    is(wts(['w', "open $name"])->[1]{open}[0], "error $code{name}", 'in W');
    is(wts(["open sim:$full", 'message 7 t 0 ' . 'x' x 1_100_000])->[1]{message}[0], 'error 87', 'a message');
};

subtest 'a host program without standard input and output' => sub {
    my $farm = farm("[host h]\ndelay = 300ms\n[session 1]\nuser = alice\n");
    is(wts(["open sim:$farm", 'streams'])->[1]{streams}[0], '0 used', 'has them free during a call');
};

subtest 'a thread that is cancelled in a call' => sub {
    my $farm = farm("[host h]\ndelay = 300ms\n[session 1]\nuser = alice\n");
    my @results = wts(["open sim:$farm", 'cancel', 'list'])->@*;
    is($results[1]{cancel}[0], 'TRUE', 'comes to its end');
    is_deeply($results[2]{id}, [1], 'and holds nobody up');
};

subtest 'many threads' => sub {
    my $farm = farm("[host h]\nsessions = 5\n");
    my $result = wts(["open sim:$farm", "threads 64 sim:$farm"])->[1];
    is($result->{good}[0], '384 of 384', '64 at once, through WinPR');
    SKIP: {
        skip 'built without ThreadSanitizer', 2 if !program('t/unit/wts-threads');
        my $run = run('t/unit/wts-threads', "sim:$farm", 5, { timeout => 120, env => { TSAN_OPTIONS => 'exitcode=66' } });
        skip 'ThreadSanitizer does not run here', 2 if $run->{err} =~ /FATAL: ThreadSanitizer: unexpected memory mapping/;
        is($run->{status}, 0, 'and under ThreadSanitizer') or diag $run->{err};
        is($run->{out}, "256 of 256 right\n", 'each with the right answer');
    }
};

subtest 'a host that forks while its threads are at work' => sub {
    my $farm = farm("[host h]\ndelay = 100ms\n[session 1]\nuser = alice\n");
    my ($config) = allowed('timeout = 120');
    my $run = wts_run([ "open sim:$farm", 'forks', 'forks-at-work' ], config => $config, timeout => 300);
    like($run->{out}, qr/^forks=80 good$/m, '64 threads and 16 children have a list') or diag $run->{err};
    like($run->{out}, qr/^forks-at-work=50 good$/m, '50 children of threads that look into it, too') or diag $run->{err};
};

subtest 'memory' => sub {
    plan skip_all => 'valgrind is not installed' if !-x '/usr/bin/valgrind';
    plan skip_all => 'valgrind and the sanitizers cannot both look' if wts_sanitized();
    my ($config) = allowed('max-percent = 100');
    my $farm = farm("[host h]\n[session 1]\nuser = alice\nanswer = ok\n[session b-c]\nuser = bob\n");
    my $run = wts_run([
        "open sim:$farm", 'list', 'list-ex', (map { "info 1 $_" } 0 .. 29), 'message 1 t 1 text', 'disconnect 1', 'logoff 1',
        'w', 'list', 'list-ex', (map { "info 1 $_" } 0 .. 29), 'close', 'open none', "open sim:$farm", 'unsupported', 'misuse',
    ], config => $config, valgrind => 1, timeout => 120);
    is($run->{status}, 0, 'every block is given back, none is read beyond its end') or diag $run->{err};
    like($run->{err}, qr/definitely lost: 0 bytes|All heap blocks were freed/, 'valgrind looked') or diag $run->{err};
};

subtest 'the module brings nothing with it' => sub {
    my $module = build_dir() . '/wtsapi/curfew-wtsapi.so';
    my @exports = map { (split)[2] } grep { / [A-Z] / } split /\n/, qx{nm -D --defined-only '$module'};
    @exports = grep { !/^__(?:asan|ubsan|sancov)/ } @exports if wts_sanitized();
    is_deeply(\@exports, ['InitWtsApi'], 'it exports one name');
    my @needs = qx{readelf -d '$module'} =~ /\(NEEDED\).*\[(.*?)\]/g;
    @needs = grep { !/asan|ubsan/ } @needs;
    is_deeply(\@needs, ['libc.so.6'], 'and needs libc');
};

subtest 'a privileged program believes nobody' => sub {
    plan skip_all => 'needs root' if $> != 0;
    my $farm = farm("[host h]\n[session 1]\nuser = alice\n");
    my $config = write_file(tempdir_kept() . '/curfew.conf', "[section wtsapi]\nexecute = yes\n");
    my $module = wts_module();
    my $dir = tempdir_kept();
    my $evil = write_file("$dir/curfew-wtsapi-broker", "#!/bin/sh\ntouch $dir/was-here\n");
    chmod 0755, $evil;
    copy(program('t/unit/wts-client'), "$dir/client") or die "copy: $!";
    # Really as root, and not as nobody: the environment names another broker and another configuration.
    my $lines  = "open sim:$farm\nlist\n";
    my $script = write_file("$dir/lines", $lines);
    my $client = program('t/unit/wts-client');
    my $said   = qx{CURFEW_LIBEXECDIR=$dir CURFEW_WTSAPI_CONFIG=$config WTSAPI_LIBRARY=$module $client <$script};
    like($said, qr/handle=INVALID/, 'no broker of anybody elses choice');
    ok(!-e "$dir/was-here", 'is started by root');
    my $setgid = "$dir/client";
    my $group  = getgrnam 'daemon';
    chown 0, $group, $setgid;
    chmod 02755, $setgid;
    my $run = run($setgid, { stdin => $lines, env => { CURFEW_LIBEXECDIR => $dir, WTSAPI_LIBRARY => $module } });
    like($run->{out}, qr/handle=INVALID/, 'nor by a program that has another group than its caller');
    ok(!-e "$dir/was-here", 'nothing was run');
};

done_testing;
