#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# winrm:// against a WS-Man service that speaks as Windows was recorded to (t/servers/wsman, t/vectors/wsman), over
# TLS on loopback; and shells that an independent client (python3-winrm) opens there.
use strict;
use warnings;

use Test::More;
use Time::HiRes qw(time);

use Curfew;
use Curfew::Spellings qw(names_farm kept_by_every_spelling);
use Curfew::Wsman;

# Where everything ought to be there (CURFEW_CI=1), what is missing is a failure.
sub lacking {
    my ($reason) = @_;
    BAIL_OUT($reason) if $ENV{CURFEW_CI};
    plan skip_all => $reason;
    return;
}

lacking('winrm was not built: it needs libcurl, expat and GSS-API') if !program('provider-winrm');
lacking(Curfew::Wsman::missing()) if Curfew::Wsman::missing();

my $BOB    = 'B6631D8E-65A0-49F2-9053-A1B156C95777';
my $DORA   = '01AA3E43-9E21-424B-A7FC-BC16AA34F4CE';
my $ODD    = '22AA3E43-9E21-424B-A7FC-BC16AA34F4CE';
my $OWN    = '33AA3E43-9E21-424B-A7FC-BC16AA34F4CE';
my $SILENT = '44AA3E43-9E21-424B-A7FC-BC16AA34F4CE';

sub office {
    my ($name) = @_;
    return <<"FARM";
[host $name]
[session $BOB]
user = bob
domain = CORP
client-address = 10.0.2.2
collection = 2792
last-input = -45m
logon = -2h
[session $DORA]
user = dora
domain = CORP
state = disconnected
disconnect = -3h
[session $ODD]
user = "O'Brien \\"x\\" 100%s\\n|z</rsp:Owner>"
domain = Zoë & Söhne
application = cmd
last-input = -5m
[session $OWN]
user = ALICE
domain = CORP
last-input = -6h
[session $SILENT]
user = mute
state = other
last-input = unknown
logon = unknown
application = none
[session 17]
user = eve
last-input = -7h
FARM
}

# Without the one that cannot be distinguished from a later one.
my $tidy    = office('tidy') =~ s/\[session 17\].*//sr;
my @persons = map {"0${_}AA3E43-9E21-424B-A7FC-BC16AA34F4CE"} 5 .. 7;
my @offices = map {"office$_"} 1 .. 7;
my $peer    = Curfew::Wsman->new(
    farm   => join(q{}, map { office($_) } @offices) . "$tidy\n" . names_farm('names', @persons) . "[hosts rds 1-100]\nsessions = 3\n[host big]\nsessions = 7\n",
    listen => [qw(good alone other old mutual)],
    plain  => ['plain'],
);
my $ca     = $peer->{certificates}{ca};
my @common = ('credentials = alice', 'auth = basic', "ca = $ca");
my ($client, $client_key) = $peer->{certificates}->client('operator');
chmod 0644, $client or die "$client: $!\n";

# The key must be the account's own.
my @keep;
my $own_key = do { my $folder = tempdir(); push @keep, $folder; write_file("$folder/key.pem", read_file($client_key)) };
chmod 0600, $own_key or die "$own_key: $!\n";

sub target { my ($name, @lines) = @_; return join("\n", "[target $name]", @lines) . "\n" }

my $config = $peer->config(
    join q{},
    (map { target($_, 'url = ' . $peer->url($_), @common) } @offices, 'tidy', 'names', 'big', map {"rds$_"} 1 .. 100),
    (map { target("$_-attempt", 'url = ' . $peer->url($_), @common, 'disconnect = attempt') } qw(office1 office3)),
    target('attempts', 'url = ' . $peer->url('office1'), @common, 'disconnect = yes'),
    target('office1-own', 'url = ' . $peer->url('office1'), @common, 'rights = own'),
    target('alone',    'url = ' . $peer->url('office1', 'alone'), 'credentials = alice', 'auth = basic'),
    target('pinned',   'url = ' . $peer->url('office1', 'alone'), 'credentials = alice', 'auth = basic',
        'pin = ' . $peer->{certificates}->fingerprint($peer->{certificate}{alone})),
    target('tidy-again', 'url = ' . $peer->url('tidy', 'alone'), 'credentials = alice', 'auth = basic',
        'pin = ' . $peer->{certificates}->fingerprint($peer->{certificate}{alone})),
    target('mispin',   'url = ' . $peer->url('office1', 'alone'), 'credentials = alice', 'auth = basic', 'pin = ' . ('00' x 32)),
    target('othername', 'url = ' . $peer->url('office1', 'other'), @common),
    target('expired',  'url = ' . $peer->url('office1', 'old'), @common),
    target('mutual',   'url = ' . $peer->url('office1', 'mutual'), "ca = $ca", "certificate = $client", "key = $own_key",
        'account = CORP\\operator'),
    target('noaccount', 'url = ' . $peer->url('office1', 'mutual'), "ca = $ca", "certificate = $client", "key = $own_key"),
    target('ntlm',     'url = ' . $peer->url('office1'), 'credentials = alice', 'auth = ntlm', "ca = $ca"),
    target('plain',    'url = winrm://127.0.0.1:' . $peer->port('plain'), 'credentials = alice', 'auth = ntlm', 'plain-http = yes'),
    target('plainbasic', 'url = winrm://127.0.0.1:' . $peer->port('plain'), 'credentials = alice', 'auth = basic', 'plain-http = yes'),
    target('nobody',   'url = winrm://127.0.0.1:1', @common),
    target('noname',   'url = winrm://no-such-host.invalid', @common),
);

my $state;

sub fresh_state { push @keep, $state = tempdir(); return }
fresh_state();

sub check { my ($target, @arguments) = @_; return run('check_sessions', '--config', $config, '-T', $target, @arguments) }

sub order {
    my ($program, $target, @arguments) = @_;
    return run("${program}_sessions", '--config', $config, '-T', $target, '--state-dir', "$state", @arguments);
}

sub report { my ($target) = @_; return json(check($target, '--output', 'json')->{out}) }

sub sessions {
    my ($target) = @_;
    return { map { $_->{id} => $_ } map { @{ $_->{snapshot}{sessions} // [] } } @{ report($target)->{targets} } };
}

subtest 'shells are sessions' => sub {
    my $run = check('office1', '--perfdata', 'all');
    is $run->{status}, 0, 'OK' or diag $run->{out};
    like $run->{out}, qr/^SESSIONS OK: 6 sessions: 4 active \(3 idle\), 1 disconnected, 1 of unknown state \|/, 'one says nothing of its state';
    like $run->{out}, qr/ max_shells_per_owner=1;;;0$/m, 'and the quota has its metric';
    is $run->{err}, q{}, 'nothing on stderr';
    is_deeply [ $peer->requests ], ['office1 Enumerate alice', 'office1 Get alice'], 'one request is enough, and one for the rights';

    my $shells = sessions('office1');
    my $bob    = $shells->{$BOB};
    is_deeply { map { $_ => $bob->{$_} } qw(user domain state class kind client_address station application birth own) },
        {
        user => 'bob', domain => 'CORP', state => 'active', class => 'user', kind => 'shell', client_address => '10.0.2.2',
        station => 'process 2792', application => 'http://schemas.microsoft.com/powershell/Microsoft.PowerShell',
        birth => $BOB, own => JSON::PP::false(),
        },
        'with all that was told';
    my $idle = $bob->{classification}{idle_ms};
    cmp_ok $idle, '>=', 2_700_000, 'inactivity is idle time';
    cmp_ok $idle, '<=', 2_820_000, 'and no more';
    is $shells->{$DORA}{disconnect_time}, undef, 'since when it is disconnected is not known';
    is $shells->{$ODD}{user}, "O'Brien \"x\" 100%s\n|z</rsp:Owner>", 'a name of quotes, percent, newline, markup';
    is $shells->{$ODD}{domain}, "Zo\x{eb} & S\x{f6}hne", 'and of letters';
    like check('office1', '-v', '-v')->{out}, qr/O'Brien "x" 100%s\\n\\x7cz/, 'which stays in its line';
    is $shells->{$OWN}{own}, JSON::PP::true(), 'the shells of the login are the caller\'s own';
    is $shells->{$SILENT}{last_input}, undef, 'what is not told is not known';
    is $shells->{17}{birth}, undef, 'an id that is no GUID is no birth';
    done_testing;
};

subtest 'shells per owner' => sub {
    like check('big', '-c', 'max_shells_per_owner=1')->{out}, qr/^SESSIONS OK/, 'one each';
    my $run = run('check_sessions', '-T', 'sim:' . farm("[host h]\n[session 1]\nuser = a\nkind = shell\n[session 2]\nuser = A\nkind = shell\n"),
        '-c', 'max_shells_per_owner=1');
    like $run->{out}, qr/^SESSIONS CRITICAL: max_shells_per_owner 2 \(critical 1\)/, 'a range asks for it elsewhere, too';
    $run = run('check_sessions', '-T', 'sim:' . farm("[host h]\n[session 1]\nuser = a\nkind = shell\n"));
    unlike $run->{out}, qr/max_shells/, 'nobody else has the label';
    done_testing;
};

subtest 'pages' => sub {
    $peer->requests;
    $peer->fault('big', 'page', 3);
    my $run = check('big');
    like $run->{out}, qr/^SESSIONS OK: 7 sessions/, 'seven in pages of three';
    is_deeply [ $peer->requests ], [ 'big Enumerate alice', ('big Pull alice') x 2, 'big Get alice' ], 'pulled to the end';
    $peer->fault('big', 'endless');
    $run = check('big', '--timeout', '60s', '--target-timeout', '55s', { timeout => 70 });
    is $run->{status}, 3, 'a list without end is none';
    like $run->{out}, qr/the list does not end: \d+ entries in 501 pages/, 'and says so';
    is +(grep {/Release/} $peer->requests), 1, 'the host is told to forget it';
    $peer->fault('big', 'noend');
    like check('big')->{out}, qr/neither an end nor a way to go on/, 'nor is one that stops half way';
    $peer->fault('big', 'idless');
    $run = check('big', '-v');
    like $run->{out}, qr/entries are not shells with an id/, 'an entry that is none is said';
    like order('logoff', 'big', '--all', '--execute')->{out}, qr/cut short/, 'and nothing is done then';
    $peer->fault('big', q{});
    done_testing;
};

subtest 'a list that is not whole' => sub {
    $peer->fault('office1', 'nonadmin');
    my $run = check('office1', '-v');
    is $run->{status}, 3, 'Windows tells who is no administrator of his own shells alone: UNKNOWN' or diag $run->{out};
    like $run->{out}, qr/is not an administrator of the host.*rights = own/, 'and what to do';
    is check('office1-own')->{status}, 0, 'unless that is meant';
    like order('logoff', 'office1', '--all', '--execute')->{out}, qr/cut short/, 'nothing is done by it';
    $peer->fault('big', 'thrice');
    like check('big')->{out}, qr/^SESSIONS OK: 7 sessions/, 'a shell that is listed three times is one';
    $peer->fault($_, q{}) for qw(office1 big);
    $peer->requests;
    done_testing;
};

subtest 'a dry run only looks' => sub {
    $peer->requests;
    my $run = order('disconnect', 'office1-attempt', '--idle-over', '30m');
    is $run->{status}, 1, 'the caller\'s own shell is refused';
    like $run->{out}, qr/$BOB .*: disconnect/, 'the plan names bob';
    unlike $run->{out}, qr/\Q$OWN\E .*: disconnect$/m, 'and not the caller';
    is_deeply [ $peer->requests ], ['office1 Enumerate alice', 'office1 Get alice'], 'nothing else was asked';
    done_testing;
};

my $CLIENT_ALONE = qr/Windows lets only the client itself disconnect its shell; logoff_sessions closes it/;

subtest 'a shell is disconnected by its own client alone' => sub {
    $peer->requests;
    for my $execute ([], ['--execute']) {
        my $run = order('disconnect', 'office1', '--id', $BOB, @{$execute});
        is $run->{status}, 2, 'nothing is planned' or diag $run->{out};
        like $run->{out}, qr/$BOB .*: kept, $CLIENT_ALONE$/m, 'and it says why, and what can be done';
    }
    my $run = order('disconnect', 'office1', '--id', $BOB, '--execute', '--pass-thru');
    like $run->{out}, qr/"outcome":\s*"failed".*$CLIENT_ALONE/, 'as JSON, too' or diag $run->{out};
    is +(grep {/Disconnect|Delete/} $peer->requests), 0, 'nothing is attempted';
    like check('attempts', '-v')->{out}, qr/disconnect is attempt or no, not "yes"/, 'the option has two values';
    done_testing;
};

subtest 'disconnect = attempt' => sub {
    my $run = order('disconnect', 'office1-attempt', '--id', $BOB, '--execute');
    is $run->{status}, 0, 'done' or diag $run->{out};
    like $run->{out}, qr/$BOB .*disconnect done/, 'and says so';
    is sessions('office1')->{$BOB}{state}, 'disconnected', 'the next list shows it';
    $run = order('disconnect', 'office1-attempt', '--id', $ODD, '--execute');
    is $run->{status}, 2, 'a cmd shell is not';
    like $run->{out}, qr/a cmd shell can only be closed, not disconnected; logoff_sessions closes it/, 'and it says what can be';
    $peer->requests;
    $run = order('disconnect', 'office1-attempt', '--id', $OWN, '--execute');
    is $run->{status}, 1, 'the caller\'s own is refused';
    $run = order('logoff', 'office1', '--id', '17', '--execute');
    is $run->{status}, 1, 'and one that cannot be distinguished from a later one';
    $run = order('logoff', 'office1', '--id', $SILENT, '--execute');
    is $run->{status}, 2, 'one without an address cannot be reached';
    like $run->{out}, qr/does not report the shell's ResourceUri/, 'and why';
    is +(grep {/Disconnect|Delete/} $peer->requests), 0, 'nothing was sent for any of them';
    done_testing;
};

subtest 'log off' => sub {
    fresh_state();
    my $run = order('logoff', 'office1', '--id', "$BOB,$ODD,$DORA", '--execute');
    is $run->{status}, 0, 'done' or diag $run->{out};
    is +(grep {/ Delete /} $peer->requests), 3, 'each once';
    my $left = sessions('office1');
    is_deeply [ sort keys %{$left} ], [ sort $OWN, $SILENT, 17 ], 'the others are left';
    done_testing;
};

subtest 'message' => sub {
    my $run = order('message', 'office2', '--id', $BOB, '--text', 'hello', '--execute');
    isnt $run->{status}, 0, 'there is nobody to read it';
    like $run->{out}, qr/winrm.*(?:cannot|not).*message|message.*(?:cannot|not)/i, 'and it says so' or diag $run->{out};
    done_testing;
};

subtest 'what the host says to an act' => sub {
    fresh_state();
    $peer->fault('office3', 'mismatch');
    my $run = order('disconnect', 'office3-attempt', '--id', $BOB, '--execute');
    is $run->{status}, 2, 'a refusal is one';
    like $run->{out}, qr/belongs to another client, and only that client may do it; close it, if it must go/, 'with the remedy';
    $peer->fault('office3', 'lies');
    $run = order('logoff', 'office3', '--id', $BOB, '--execute');
    is $run->{status}, 2, '"no such shell" of one that is listed is believed by nobody' or diag $run->{out};
    like $run->{out}, qr/lists the shell, but answers that there is no such shell/, 'and said';
    $peer->fault('office3', 'selectors');
    $run = order('logoff', 'office3', '--id', $BOB, '--execute');
    is $run->{status}, 3, 'a list that cannot be had is no proof that it has gone' or diag $run->{out};
    $peer->fault('office3', q{});
    is sessions('office3')->{$BOB}{state}, 'active', 'it is still there';
    done_testing;
};

subtest 'faults' => sub {
    my @table = (
        [ '401',      'login failed',       qr/the login \(auth = basic\) was not accepted/ ],
        [ 'offer',    'login failed',       qr/it does not take auth = basic; it offers negotiate/ ],
        [ '403',      'access denied',      qr/forbidden \(HTTP 403\)/ ],
        [ '404',      'not supported',      qr/no WS-Man service at this address.*no WS-Man service answers/ ],
        [ '500',      'protocol',           qr/HTTP 500 without a SOAP fault/ ],
        [ '503',      'connection refused', qr/not available \(HTTP 503\).*Windows Remote Management/ ],
        [ 'bare503',  'protocol',           qr/refuses with InternalError: It is too <busy>/ ],
        [ 'empty',    'protocol',           qr/the answer is empty/ ],
        [ 'untyped',  'protocol',           qr/the answer has no valid Content-Type/ ],
        [ 'code0',    'protocol',           qr/the host refuses with InternalError: Something is wrong/ ],
        [ 'foreign',  'protocol',           qr/the list's entries are not as WS-Man has them/ ],
        [ 'type',     'protocol',           qr/the answer is not SOAP but "text\/html"/ ],
        [ 'redirect', 'protocol',           qr/wants to redirect \(HTTP 302\) to https:\/\/evil\.example/ ],
        [ 'huge',     'protocol',           qr/larger than 4194304 bytes/ ],
        [ 'utf8',     'protocol',           qr/cannot be read: it is not UTF-8/ ],
        [ 'doctype',  'protocol',           qr/cannot be read: it has a DOCTYPE/ ],
        [ 'deep',     'protocol',           qr/cannot be read: elements are nested too deep/ ],
        [ 'broken',   'protocol',           qr/cannot be read: (?:mismatched tag|no element found|unclosed token|not well-formed)/ ],
        [ 'notsoap',  'protocol',           qr/is not a SOAP envelope/ ],
        [ 'other',    'protocol',           qr/is to another request/ ],
        [ 'cut',      'protocol',           qr/cut off/ ],
        [ 'denied',   'access denied',      qr/access denied.*administrator of the host.*it identifies as Microsoft Corporation/ ],
        [ 'quota',    'unreachable',        qr/a quota of the host is used up/ ],
        [ 'shells',   'unreachable',        qr/as many shells as it may have/ ],
        [ 'timedout', 'timeout',            qr/could not answer within the time it was given/ ],
        [ 'selectors', 'protocol',          qr/there is no such object/ ],
        [ 'slow 30',  'timeout',            qr/did not answer in time/ ],
    );
    for my $row (@table) {
        my ($fault, $code, $text) = @{$row};
        $peer->fault('office4', split q{ }, $fault);
        my $run = check('office4', '--diagnose', '--target-timeout', $fault =~ /slow|silent/ ? '2s' : '55s');
        is $run->{status}, 3, "$fault is UNKNOWN";
        like $run->{out}, qr/FAILED: $code: /, "$fault: $code";
        like $run->{out} =~ s/\n/ /gr, $text, 'and why' or diag $run->{out};
        unlike $run->{out}, qr/secret/, 'no password in it';
        cmp_ok $run->{seconds}, '<', 30, 'in time';
        my $act = order('logoff', 'office4', '--all', '--execute', '--target-timeout', '1s');
        is $act->{status}, 3, 'and no act' or diag $act->{out};
    }
    is +(grep {/^office4 (?:Delete|Disconnect)/} $peer->requests), 0, 'none was sent';
    $peer->fault('office4', q{});
    done_testing;
};

subtest 'certificates and logins' => sub {
    my @table = (
        [ 'alone',      qr/certificate is not trusted/ ],
        [ 'mispin',     qr/another certificate than the pinned one/ ],
        [ 'othername',  qr/certificate/ ],
        [ 'expired',    qr/certificate.*expired/ ],
        [ 'ntlm',       qr/it does not take auth = ntlm; it offers basic/ ],
        [ 'plainbasic', qr/show the password to everybody on the way/ ],
        [ 'noaccount',  qr/needs account/ ],
        [ 'nobody',     qr/nothing listens/ ],
        [ 'noname',     qr/does not resolve/ ],
    );
    for my $row (@table) {
        my ($target, $text) = @{$row};
        $peer->requests;
        my $run = check($target, '--diagnose', '-t', '60s', '--target-timeout', '55s', { timeout => 90 });
        is $run->{status}, 3, "$target is UNKNOWN";
        like $run->{out}, $text, 'and why';
        is +(grep {/ alice$/} $peer->requests), 0, 'the password went nowhere';
    }
    like check($_)->{out}, qr/^SESSIONS OK/, "$_ logs in" for qw(pinned mutual);
    is sessions('mutual')->{$OWN}{own}, JSON::PP::false(), 'by certificate it is another login';
    my $run = check('plain', '-v');
    like $run->{out}, qr/does not take auth = ntlm/, 'plain HTTP is spoken where it is allowed';
    done_testing;
};

subtest 'python3-winrm opens a shell, and closes it' => sub {
    plan skip_all => 'python3-winrm is not installed' if system("/usr/bin/python3 -c 'import winrm' 2>/dev/null") != 0;
    my $script = <<'PYTHON';
import sys
from winrm.protocol import Protocol
p = Protocol(endpoint=sys.argv[1], transport='basic', username='CORP\\operator', password='pass"word%',
             ca_trust_path=sys.argv[2], server_cert_validation='validate')
shell = p.open_shell()
print(shell, flush=True)
command = p.run_command(shell, 'ipconfig', ['/all'])
print(p.get_command_output(shell, command), flush=True)
p.cleanup_command(shell, command)
sys.stdin.readline()
p.close_shell(shell)
print('closed', flush=True)
PYTHON
    my $folder = tempdir();
    my $file   = write_file("$folder/client.py", $script);
    my @client = ('/usr/bin/python3', $file, 'https://127.0.0.1:' . $peer->port('good') . '/wsman', $ca);
    require IPC::Open2;
    my $pid    = IPC::Open2::open2(my $from, my $to, @client);
    my ($id)   = (readline($from) // q{}) =~ /^(\S+)$/;
    like $id, qr/^[0-9A-F-]{36}$/, 'it has opened one' or return;
    like readline $from, qr/ran ipconfig.*, 0\)/, 'and run something in it';
    my $shell = sessions('office1')->{$id};
    is_deeply [ @{$shell}{qw(user domain client_address application state)} ],
        [ 'operator', 'CORP', '127.0.0.1', 'http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd', 'active' ], 'we see it';
    print {$to} "\n";
    close $to or die "python: $!\n";
    is readline $from, "closed\n", 'it has closed it';
    waitpid $pid, 0;
    ok !exists sessions('office1')->{$id}, 'and we see it no more';

    $pid = IPC::Open2::open2($from, $to, @client);
    ($id) = (readline($from) // q{}) =~ /^(\S+)$/;
    readline $from;
    fresh_state();
    my $run = order('logoff', 'office1', '--id', $id, '--execute');
    like $run->{out}, qr/log off done/, 'one that it has left open, we close';
    close $to or die "python: $!\n";
    is readline $from, undef, 'which it is told when it comes back';
    waitpid $pid, 0;
    isnt $?, 0, 'by an error';
    done_testing;
};

# The answers have the shape of what was recorded: the same elements in the same order.
subtest 'the service speaks as the recorded one did' => sub {
    my $shape = sub { my ($xml) = @_; return [ $xml =~ m{<(/?[\w:]+)}g ] };
    my $vectors = source_dir() . '/t/vectors/wsman';
    my $ask     = sub {
        my ($body) = @_;
        my $folder = tempdir();
        my $file   = write_file("$folder/request.xml", $body);
        return qx{curl -s --cacert '$ca' -u alice:secret -H 'Content-Type: application/soap+xml' --data-binary '\@$file' https://office5.farm.localhost:@{[$peer->port('good')]}/wsman};
    };
    my $recorded = $shape->(read_file("$vectors/enumerate-response.xml"));
    my $ours     = $shape->($ask->(read_file("$vectors/enumerate-request.xml")));
    my $one      = sub {
        my ($all) = @_;
        my ($from) = grep { $all->[$_] eq 'rsp:Shell' } 0 .. $#{$all};
        my ($to)   = grep { $all->[$_] eq '/rsp:Shell' } 0 .. $#{$all};
        return ([ @{$all}[ $from .. $to ] ], [ @{$all}[ 0 .. $from - 1 ] ]);
    };
    my (@theirs) = $one->($recorded);
    is_deeply [ $one->($ours) ], \@theirs, 'a recorded Enumerate is answered like the recorded answer, shell by shell';
    my $request = read_file("$vectors/disconnect-request.xml");
    is_deeply $shape->($ask->($request)), $shape->(read_file("$vectors/disconnect-response.xml")), 'a recorded Disconnect';
    is_deeply $shape->($ask->($request)), $shape->(read_file("$vectors/fault-invalid-selectors.xml")), 'and the second time its fault';
    $request =~ s{http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Disconnect}{http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete};
    $request =~ s{<rsp:Disconnect />}{};
    is_deeply $shape->($ask->($request)), $shape->(read_file("$vectors/delete-response.xml")), 'Delete';
    done_testing;
};

subtest 'a hundred hosts at once' => sub {
    $peer->fault(q{*}, 'slow', '0.5');
    my $begun = time;
    my $run   = check('rds[1-100]', '-t', '90s', '--target-timeout', '85s', { timeout => 120 });
    my $took  = time - $begun;
    like $run->{out}, qr/^SESSIONS OK: 300 sessions/, 'answer' or diag $run->{out};
    cmp_ok $took, '<', 90, sprintf 'in %.1f s, and not in the 100 s that it would take one after the other', $took;
    $peer->fault(q{*}, q{});
    done_testing;
};

# The log of the subagent, which polls whether there is an snmpd or not.
subtest 'two targets that lead to one host' => sub {
    my $once = report('tidy')->{counts}{total};
    like check('tidy', '-T', 'tidy-again', '-v')->{out}, qr/tidy-again: $once of its sessions are listed by tidy too, and counted there/,
        'the check counts its sessions once, and says so';
    plan skip_all => 'curfew-agent was not built' if !program('curfew-agent');
    fresh_state();
    my $agent = start('curfew-agent', '--foreground', '-v', '--config', $config, '-T', 'tidy', '-T', 'tidy-again',
        '--state-dir', "$state", '--agentx-socket', "unix:$state/nobody", '--poll-interval', '1s', '-t', '60s', '--target-timeout', '55s');
    my $told = sub { return read_file("/proc/$$/fd/" . fileno $agent->{files}[1]) };
    ok wait_for(sub { return $told->() =~ /snapshot \d+:.*snapshot \d+:/s }, 130), 'the subagent polls twice';
    my $log = $told->();
    stop($agent);
    is_deeply [ $log =~ /snapshot \d+: (\d+ hosts, \d+ sessions)/g ]->[0], "2 hosts, $once sessions", 'and counts them once, too'
      or diag $log;
    is_deeply [ $log =~ /(tidy-again: .*)/g ], ["tidy-again: $once of its sessions are listed by tidy too, and counted there"],
        'and says so once';
    done_testing;
};

subtest 'conformance' => sub {
    $peer->fault('office7', 'slow', '30');
    my $run = run('t/unit/conformance', '--config', $config, 'tidy', 'office7', { timeout => 90 });
    is $run->{status}, 0, 'it conforms' or diag $run->{out};
    unlike $run->{out}, qr/^not ok/m, 'in every point';
    like $run->{out}, qr/^1[.][.][2-9]\d$/m, 'to the end';
    $run = run('t/unit/conformance', '--config', $config, 'names', { timeout => 90 });
    is $run->{status}, 0, 'so does one with names of all kinds' or diag $run->{out};
    done_testing;
};

# Owner has the account's name, whole; there is no UPN.
subtest 'every spelling of a name keeps' => sub {
    kept_by_every_spelling(sub { return order('logoff', 'names', '--all', @_)->{out} }, 0);
    done_testing;
};

done_testing;
