#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Azure Virtual Desktop end to end, against t/servers/arm: TLS on loopback, and the same
# programs that an operator runs.  It shows that our side is as documented, not that Azure is.
use strict;
use warnings;

use Test::More;

use Curfew;

BEGIN {
    for my $module (qw(Mojolicious IO::Socket::SSL)) {
        next if eval "require $module";    ## no critic (ProhibitStringyEval)
        die "$module is missing\n" if $ENV{CURFEW_CI};
        plan skip_all => "$module is missing (Debian: libmojolicious-perl, libio-socket-ssl-perl)";
    }
}
use Curfew::Arm;
use Curfew::Recorded qw(recording_holds);
use Curfew::Spellings qw(names_farm kept_by_every_spelling);

for my $needed (qw(provider-avd provider-sim)) {
    plan skip_all => "$needed was not built" if !program($needed);
}

my $FARM = <<'FARM';
[host VM-1.corp.example]
[session 2]
user = user1
upn = user1@corp.example
domain = CORP
state = disconnected
[session 3]
user = user3
upn = user3@corp.example
kind = remote-app
[session 4]
user = user2
upn = user2@corp.example
[session 5]
user = "O'Neil \"%s\" 100%\n"
upn = "O'Neil \"%s\" 100%\n@corp.example"
[session 6]
user = waits
state = other
state-text = UserProfileDiskMounted
[session 7]
user = waits2
state = other
state-text = Pending
[host VM-2.corp.example]
[session 2]
user = user3
upn = USER3@corp.example
kind = remote-app
[session 3]
user = user9
kind = desktop
FARM
my %POOLS = (HostPool1 => [ 'VM-1.corp.example', 'VM-2.corp.example' ]);
my $GROUP = "$Curfew::Arm::SUBSCRIPTION/rg-1";
my @NO_LIMIT = qw(--max-acts 100 --max-percent 100);
my (@servers, @said, @everything, $state);

sub server {
    my ($content, %more) = @_;
    my $file = farm($content);
    my %control = (pools => \%POOLS, %{ delete $more{control} // {} });
    my $arm = Curfew::Arm->new(farm => $file, control => \%control, %more);
    push @servers, $arm;
    $state = tempdir();
    return $arm;
}

# A program against that server; what it says is kept to be looked through for secrets.
sub with {
    my ($arm, $program, @arguments) = @_;
    my $more = ref $arguments[-1] ? pop @arguments : {};
    my $run  = run($program, '--config', $arm->config, @arguments, $more);
    push @said, $run->{out} . $run->{err};
    is($run->{err}, q{}, 'nothing on stderr') if $run->{err} ne q{};
    return $run;
}
sub check { my ($arm, @more) = @_; return with($arm, 'check_sessions', '-T', 'pool', @more) }

# Acts, with an audit for each server.

sub order {
    my ($arm, $act, @more) = @_;
    return with($arm, "${act}_sessions", '-T', 'pool', '--execute', '--state-dir', $state, @more);
}

sub states {
    my ($arm, @more) = @_;
    my $report = json(check($arm, '--output', 'json', @more)->{out});
    return { map { $_->{id} => $_->{state} } map { @{ $_->{snapshot}{sessions} } } @{ $report->{targets} } };
}

sub paths {
    my ($arm) = @_;
    my @asked = $arm->asked;
    push @everything, @asked;
    return map { s{/subscriptions/.*/hostPools}{}r } @asked;
}

subtest 'check' => sub {
    my $arm = server($FARM);
    my $run = check($arm, '-v', '--state', 'active,disconnected,other', '--perfdata', 'all');
    is($run->{status}, 0, 'it is there');
    like($run->{out}, qr/^SESSIONS OK: 8 sessions: 5 active [(]0 idle, 5 unknown[)], 1 disconnected/, 'idle is unknown, not zero');
    like($run->{out}, qr/oldest_idle=U.* oldest_disconnected=U/, 'nor is anything else known');
    like($run->{out}, qr/UserProfileDiskMounted/, 'a state that is not ours is shown as it is');
    like($run->{out}, qr/O'Neil "%s" 100%\\n/, 'names are escaped');
    is_deeply([ paths($arm) ], [ 'POST /tenant-1/oauth2/v2.0/token?', 'GET /HostPool1/userSessions?api-version=2025-10-10' ],
        'one token, one list');
    is(check($arm)->{status}, 0, 'again');
    is_deeply([ paths($arm) ], ['GET /HostPool1/userSessions?api-version=2025-10-10'], 'with the token of before');
    is(check($arm, '--idle-after', '1s', '-c', 'idle=0')->{status}, 3, 'a threshold on idle sessions cannot be judged');
    paths($arm);
    my $json = json(check($arm, '--output', 'json')->{out});
    my ($one) = grep { $_->{id} eq 'VM-1.corp.example/3' } map { @{ $_->{snapshot}{sessions} } } @{ $json->{targets} };
    is($one->{collection}, 'HostPool1', 'the collection is the pool');
    is("@{$one}{qw(user upn kind host number)}", 'user3 user3@corp.example remote-app VM-1.corp.example 3', 'and who it is');
    like($one->{birth}, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.]\d{7}Z$/, 'what is handed on has a birth');
    is($one->{last_input}, undef, 'and no invented input');
    is(scalar(grep {m{/sessionHosts/VM-\d[^/]*/userSessions[?]}} paths($arm)), 2, 'which each session host was asked for');
};

{
    my $arm = server($FARM);
    my $text = recording_holds('a host pool', [ '--config', $arm->config, '-T', 'pool' ],
        { secrets => [qw(user1 user3 user9 corp VM-1 HostPool1 neil waits client-1 secret-1 tenant-1 Bearer eyJ 127.0.0.1), $Curfew::Arm::SUBSCRIPTION], sessions => 8 });
    like $text, qr/"method":"GET","url":".*userSessions.*sessionState/, 'ARM\'s JSON is in it' or diag $text;
    paths($arm);
}

subtest 'plan' => sub {
    my $arm = server($FARM);
    my $run = with($arm, 'disconnect_sessions', '-T', 'pool', '--all', @NO_LIMIT);
    is($run->{status}, 0, 'a dry run');
    like($run->{out}, qr/^DISCONNECT plan: 5 of 8 user sessions on 2 hosts$/m, 'has a plan');
    $run = with($arm, 'disconnect_sessions', '-T', 'pool', '--disconnected-over', '1s');
    unlike($run->{out}, qr/VM-\d.*: disconnect$/m, 'a rule about times selects nothing');
    $run = with($arm, 'logoff_sessions', '-T', 'pool', '--disconnected-over', '1s');
    like($run->{out}, qr{VM-1.corp.example/2 .*the time that the rule asks for is not known}, 'and says why');
    $run = with($arm, 'logoff_sessions', '-T', 'pool', '--idle-over', '1s');
    like($run->{out}, qr/not known/, 'for idle ones too');
    is(scalar(grep {/^(?:POST|DELETE) (?!.*oauth2)/} paths($arm)), 0, 'nothing was done');
};

subtest 'disconnect' => sub {
    my $arm = server($FARM, targets => { pool => "$GROUP/HostPool1", host => "$GROUP/HostPool1/vm-1.CORP.example" });
    my $run = order($arm, 'disconnect', '--id', 'vm-1.corp.example/4', '--pass-thru');
    is($run->{status}, 0, 'one session');
    my ($result) = map { json($_) } grep {/VM-1/} split /\n/, $run->{out};
    is($result->{result} // $result->{outcome}, 'done', 'as JSON') or diag $run->{out};
    is(states($arm)->{'VM-1.corp.example/4'}, 'disconnected', 'and the next list shows it');
    is(scalar(grep {m{^POST /HostPool1/sessionHosts/VM-1[.]corp[.]example/userSessions/4/disconnect[?]}} paths($arm)), 1,
        'ordered once, in the casing that it came in');
    $arm->control(shout => JSON::PP::true);
    $run = with($arm, 'disconnect_sessions', '-T', 'host', '--id', '3', '--execute', '--state-dir', $state, @NO_LIMIT);
    is($run->{status}, 0, 'by its number, with a session host') or diag $run->{out};
    is(states($arm)->{'VM-1.corp.example/3'}, 'disconnected', 'is done too, though casing varies');
    $arm->control(bare => JSON::PP::true);
    $run = order($arm, 'disconnect', '--id', 'VM-2.corp.example/3', @NO_LIMIT);
    is($run->{status}, 0, 'a session read alone may lack its birth: the list of its host has it') or diag $run->{out};
    $run = order($arm, 'disconnect', '--id', 'VM-2.corp.example/99');
    like($run->{out}, qr/gone|nothing to do/, 'an id that is not there');
};

subtest 'Disconnect-AzureRemoteAppSession' => sub {
    my $arm = server($FARM);
    my $run = order($arm, 'disconnect', '--collection', 'hostpool1', '--user', 'user3@CORP.example', '--kind', 'remote-app', @NO_LIMIT);
    is($run->{status}, 0, 'collection and UPN');
    like($run->{out}, qr/2 of 2 done/, 'every match');
    my $now = states($arm);
    is("@{$now}{qw(VM-1.corp.example/3 VM-2.corp.example/2)}", 'disconnected disconnected', 'the programs keep running');
    is(scalar(grep { $_ eq 'active' } values %{$now}), 3, 'and nobody else');
};

subtest 'log off' => sub {
    my $arm = server($FARM);
    is(order($arm, 'logoff', '--id', 'VM-1.corp.example/2', @NO_LIMIT)->{status}, 0, 'a disconnected one');
    is(states($arm)->{'VM-1.corp.example/2'}, undef, 'is gone');
    is_deeply([ grep {/^DELETE/} paths($arm) ], ['DELETE /HostPool1/sessionHosts/VM-1.corp.example/userSessions/2?api-version=2025-10-10'],
        'not by force');
    is(order($arm, 'logoff', '--id', 'VM-1.corp.example/4', '--force', @NO_LIMIT)->{status}, 0, 'by force');
    is_deeply([ grep {/^DELETE/} paths($arm) ],
        ['DELETE /HostPool1/sessionHosts/VM-1.corp.example/userSessions/4?api-version=2025-10-10&force=true'], 'if asked for');
};

subtest 'message' => sub {
    my $arm  = server($FARM);
    my $text = "Save \"now\" & log off: 100% \\ ümläut";
    my $run  = order($arm, 'message', '--id', 'VM-1.corp.example/5', '--title', q{It's <time>}, '--text', $text, '--answer-wait', '1s');
    is($run->{status}, 0, 'a message, to a name with quotes, percent and newline') or diag $run->{out};
    like($run->{out}, qr/Azure does not return the user's answer/, 'that no answer comes is said');
    my ($asked) = grep { $_->{path} =~ /sendMessage$/ } $arm->asked_in_full;
    is_deeply(json($asked->{body}), { messageTitle => q{It's <time>}, messageBody => do { my $t = $text; utf8::decode($t); $t } },
        'as it was written');
};

subtest 'from one to the other' => sub {
    my $arm  = server($FARM);
    my $list = check($arm, '--output', 'json', '--user', 'user9')->{out};
    my ($one) = grep { $_->{user} eq 'user9' } map { @{ $_->{snapshot}{sessions} } } @{ json($list)->{targets} };
    my $pick = JSON::PP->new->utf8->encode({ %{$one}, target => 'pool' });
    my $run  = with($arm, 'disconnect_sessions', '--stdin', '--execute', '--state-dir', $state, @NO_LIMIT, { stdin => $pick });
    is($run->{status}, 0, 'what a check has shown is handed in') or diag $run->{out};
    is(states($arm)->{'VM-2.corp.example/3'}, 'disconnected', 'and done');
    $pick = JSON::PP->new->utf8->encode({ %{$one}, target => 'pool', birth => '2020-01-01T00:00:00.1234567Z' });
    $run = with($arm, 'logoff_sessions', '--stdin', '--execute', '--state-dir', $state, @NO_LIMIT, { stdin => $pick });
    is($run->{status}, 1, 'with another birth it is refused');
    ok(states($arm)->{'VM-2.corp.example/3'}, 'and still there');
};

subtest 'the races' => sub {
    my $arm = server($FARM =~ s/^user = user9\n/user = user9\nat pin = user bob\n/mr =~ s/^upn = user2\@.*\n/upn = user2\@corp.example\nat pin = logoff\n/mr);
    my $run = order($arm, 'logoff', '--id', 'VM-2.corp.example/3', @NO_LIMIT);
    is($run->{status}, 1, 'another session has the id by now');
    like($run->{out}, qr/refused.*no longer as it was/, 'refused');
    $run = order($arm, 'logoff', '--id', 'VM-1.corp.example/4', @NO_LIMIT);
    is($run->{status}, 0, 'it has ended meanwhile');
    like($run->{out}, qr/gone/, 'which is said');
    is(scalar(grep {/^DELETE/} paths($arm)), 0, 'and nothing was ordered');
};

subtest 'limits' => sub {
    my $arm = server("[host VM-1.corp.example]\nsessions = 8\n[host VM-2.corp.example]\nsessions = 8\n");
    my $run = order($arm, 'logoff', '--all', '--max-percent', '100', '--max-acts', '20', '--client', 'nobody');
    is($run->{status}, 0, 'nobody is meant') or diag $run->{out};
    my @first = map { ('--id', "VM-1.corp.example/$_") } 1 .. 8;
    $run = order($arm, 'logoff', @first, '--max-percent', '100');
    is($run->{status}, 0, 'eight of ten acts') or diag $run->{out};
    $run = order($arm, 'logoff', '--all', '--max-percent', '100');
    is($run->{status}, 2, 'eight more are too many');
    like($run->{out}, qr/8 planned and 8 in the last hour/, 'though their session host is not in any list by now');
    paths($arm);
};

subtest 'two handlers at once' => sub {
    my $arm = server("[host VM-1.corp.example]\nsessions = 8\n[host VM-2.corp.example]\n", control => { delay => 0.05 });
    my @both = map { start('disconnect_sessions', '--config', $arm->config, '-T', 'pool', '--all', '--execute', '--state-dir', $state, @NO_LIMIT) } 1, 2;
    my @runs = map { finish($_) } @both;
    is("@{[ sort map { $_->{status} } @runs ]}", '0 0', 'both are content') or diag map { $_->{out} } @runs;
    my @orders = grep {/^POST .*disconnect/} paths($arm);
    my %once = map { $_ => 1 } @orders;
    is(scalar @orders, scalar keys %once, 'no session was ordered twice');
    is(scalar @orders, 6, 'and each was');
};

subtest 'what may go wrong with a list' => sub {
    my $arm = server($FARM);
    my $list = 'GET .*/userSessions';
    my @faults = (
        [ { status => 403, code => 'AuthorizationFailed', message => 'no authorization to perform action' },
            qr/access.*Azure denies access [(]HTTP 403[)]: no authorization.*Desktop Virtualization Reader/s ],
        [ { status => 404, code => '404', message => 'HostPool does not exist' }, qr/finds nothing [(]HTTP 404[)]: HostPool does not exist/ ],
        [ { status => 409 }, qr/HTTP 409/ ],
        [ { status => 500 }, qr/Azure failed [(]HTTP 500[)]: as the test wants it/ ],
        [ { status => 503 }, qr/not available [(]HTTP 503[)]/ ],
        [ { status => 429, retry => 600 }, qr/too many requests [(]HTTP 429[)], asks to wait 10m/ ],
        [ { status => 503, retry => 600 }, qr/not available [(]HTTP 503[)], asks to wait 10m/ ],
        [ { status => 429 }, qr/too many requests [(]HTTP 429[)]/ ],
        [ { status => 401 }, qr/does not accept the token [(]HTTP 401[)]/ ],
        [ { kind => 'cut' },       qr/cut off/ ],
        [ { kind => 'silent' },    qr/timeout.*did not answer in time/s ],
        [ { kind => 'type' },      qr{not JSON but text/html} ],
        [ { kind => 'huge' },      qr/larger than 4194304 bytes/ ],
        [ { kind => 'utf8' },      qr/not JSON/ ],
        [ { kind => 'deep' },      qr/not JSON: maximum parsing depth/ ],
        [ { kind => 'twice' },     qr/not JSON: duplicate/ ],
        [ { kind => 'null' },      qr/no list "value"/ ],
        [ { kind => 'stranger' },  qr/another pool or host/ ],
        [ { kind => 'path' },      qr{1 of Azure's sessions have no name or no user} ],
        [ { kind => 'redirect' },  qr{wants to redirect [(]HTTP 302[)] to https://login.example: refused} ],
        [ { kind => 'other' },     qr{the next page is at https://evil.example and not at https://127} ],
        [ { kind => 'downgrade' }, qr{the next page is at http://127} ],
        [ { kind => 'endless' },   qr/pages have no end|in time|time left/ ],
        [ { kind => 'same' },      qr/pages have no end/ ],
    );
    for my $case (@faults) {
        my ($fault, $text) = @{$case};
        $arm->faults({ match => $list, %{$fault} });
        my @within = ($fault->{kind} // q{}) =~ /silent|endless/ || $fault->{status} ? qw(-t 6s --target-timeout 3s) : qw(-t 60s --target-timeout 55s);
        my $run = check($arm, @within, '--diagnose');
        my $name = $fault->{kind} // "$fault->{status}" . ($fault->{retry} ? ' for long' : q{});
        is($run->{status}, 3, "$name: UNKNOWN");
        like($run->{out}, $text, "$name: says so");
        cmp_ok($run->{seconds}, '<', 30, "$name: in time");
    }
    $arm->faults({ match => $list, kind => 'nulls' });
    my $run = check($arm, '-v', '--class', 'none,user');
    is($run->{status}, 3, 'a session of nulls may be anybody: UNKNOWN');
    like($run->{out}, qr/have no name or no user/, '… and it says so');
    $arm->faults({ match => $list, status => 429, retry => 1, times => 1 });
    $run = check($arm);
    is($run->{status}, 0, 'busy for a moment is waited for');
    cmp_ok($run->{seconds}, '>', 0.9, 'as long as Azure asks');
    for my $useless ('-5', '0', '99999999999999999999') {
        $arm->faults({ match => $list, status => 429, retry => $useless, times => 4 });
        $run = check($arm, '-t', '20s', '--target-timeout', '15s');
        is($run->{status}, 0, "Retry-After: $useless is asked again, too");
        cmp_ok($run->{seconds}, '>', 1.4, 'each time later');
    }
    for my $fault ([ 429, 'too many requests' ], [ 503, 'not available' ]) {
        my ($status, $text) = @{$fault};
        my @homes = map { tempdir() } 1, 2;    # with no token yet
        $arm->faults({ match => 'oauth2', status => $status, retry => 1, times => 1 });
        $run = check($arm, { env => { HOME => "$homes[0]" } });
        is($run->{status}, 0, "a token, too, is asked for again after $status");
        cmp_ok($run->{seconds}, '>', 0.9, 'at the time that is said');
        $arm->faults({ match => 'oauth2', status => $status, retry => 600 });
        $run = check($arm, '--target-timeout', '3s', { env => { HOME => "$homes[1]" } });
        is($run->{status}, 3, "$status for long is not waited for");
        like($run->{out}, qr/authority.*$text [(]HTTP $status[)], asks to wait 10m/, 'and says for how long');
        cmp_ok($run->{seconds}, '<', 30, 'at once');
    }
    paths($arm);
};

subtest 'what may go wrong with an act' => sub {
    my $arm = server($FARM);
    my @faults = (
        [ { status => 403, code => 'AuthorizationFailed', message => 'no' }, 2, qr/denies access.*Desktop Virtualization User Session Operator/s ],
        [ { status => 409, message => 'is logging off' },  2, qr/HTTP 409[)]: is logging off/ ],
        [ { status => 429 },                               2, qr/HTTP 429/ ],
        [ { status => 500 },                               2, qr/HTTP 500/ ],
        [ { status => 503, retry => 1, times => 1 },       2, qr/HTTP 503/ ],
        [ { status => 404, message => 'UserSession does not exist' }, 0, qr/gone/ ],
        [ { kind   => 'cut' },                             2, qr/cut off/ ],
        [ { kind   => 'redirect' },                        2, qr/redirect/ ],
        [ { status => 401, times => 1 },                   0, qr/done/, 2 ],
        [ { status => 429, retry => 1, times => 1 },       0, qr/done/, 2 ],
    );
    for my $case (@faults) {
        my ($fault, $status, $text, $times) = @{$case};
        $arm->faults({ match => '^POST .*/disconnect', %{$fault} });
        my $name = $fault->{kind} // $fault->{status};
        $state = tempdir();
        my $victim = $status == 0 && $fault->{status} == 401 ? 3 : 4;
        my $run = order($arm, 'disconnect', '--id', "VM-1.corp.example/$victim", @NO_LIMIT);
        is($run->{status}, $status, "$name: exit status") or diag $run->{out};
        like($run->{out}, $text, "$name: says so");
        my $orders = grep {/^POST .*disconnect/} paths($arm);
        is($orders, $times // 1, "$name: ordered no second time, unless it was refused");
    }
    $arm->faults({ match => '^GET .*/userSessions/4', status => 404, code => 'SubscriptionNotFound' });
    my $run = order($arm, 'logoff', '--id', 'VM-1.corp.example/4', @NO_LIMIT);
    is($run->{status}, 2, 'a subscription that is not there is no sign that the session is gone');
    $arm->faults({ match => '^GET .*/userSessions/4', kind => 'type' });
    $run = order($arm, 'logoff', '--id', 'VM-1.corp.example/4', @NO_LIMIT);
    is($run->{status}, 2, 'nor is a page of somebody else');
};

subtest 'pages' => sub {
    my $arm = server("[host VM-1.corp.example]\nsessions = 23\n[host VM-2.corp.example]\n", control => { page => 5 });
    my $run = check($arm);
    like($run->{out}, qr/^SESSIONS OK: 23 sessions/, 'all of them');
    is(scalar(grep {/^GET/} paths($arm)), 5, 'from five pages');
    $arm->faults({ match => 'skiptoken=[^&]*-10', kind => 'expired', times => 1 });
    like(check($arm)->{out}, qr/^SESSIONS OK: 23 sessions/, 'the token expires between two pages');
    is(scalar(grep {/oauth2/} paths($arm)), 1, 'and is renewed, once');
    $arm->faults({ match => 'skiptoken=[^&]*-10', kind => 'expired' });
    like(check($arm)->{out}, qr/UNKNOWN.*does not accept the token/s, 'but not for ever');
    is(scalar(grep {/oauth2/} paths($arm)), 1, 'only once then, too');
    $arm->faults({ match => 'skiptoken=[^&]*-10', status => 500 });
    $run = order($arm, 'disconnect', '--all', @NO_LIMIT);
    is($run->{status}, 3, 'half a list is no list');
    is(scalar(grep {/^POST .*disconnect/} paths($arm)), 0, 'and nothing is done on its word');
};

subtest 'a whole group' => sub {
    my $farm = join q{}, map {"[host VM-$_.corp.example]\nsessions = 4\n"} 1 .. 6;
    my $arm = server($farm, control => { pools => { map { ("Pool$_" => ["VM-$_.corp.example"]) } 1 .. 6 } },
        targets => { pool => "$GROUP/*" });
    my $run = check($arm);
    like($run->{out}, qr/^SESSIONS OK: 24 sessions/, 'every pool of the group');
    is(scalar(grep {/^GET/} paths($arm)), 7, 'by one list of pools and one list each');
    $run = order($arm, 'disconnect', '--id', 'Pool3/VM-3.corp.example/1', @NO_LIMIT);
    is($run->{status}, 0, 'an id there has the pool too') or diag $run->{out};
    is(states($arm)->{'Pool3/VM-3.corp.example/1'}, 'disconnected', 'and it is done');
    $arm->faults({ match => 'Pool4/userSessions', status => 403, message => 'not yours' });
    $run = check($arm, '-v', '-c', '0');
    like($run->{out}, qr/host pool Pool4: Azure denies access.*not yours/, 'one that is not ours to see is told');
    is(order($arm, 'disconnect', '--all', @NO_LIMIT)->{status}, 1, 'and nothing is selected from what is left');
    $arm->faults({ match => 'hostPools[?]', status => 403 });
    is(check($arm)->{status}, 3, 'without the list of pools nothing is known');
    paths($arm);
};

subtest 'ways to log in' => sub {
    my $arm = server($FARM);
    my ($certificate, $key) = $arm->{made}->client('client');
    my ($other) = $arm->{made}->client('other');
    write_file($_, read_file($_)) for $certificate, $key, $other;
    chmod 0600, $key;
    my $dir = $arm->folder;
    write_file("$dir/$_->[0]", $_->[1]) for [ 'good.token', "tok-1\n" ], [ 'bad.token', 'tok-2' ], [ 'federated', "fed-1\n" ], [ 'empty.token', "\n" ],
        [ 'old.token', 'e30.eyJleHAiOjE1MDB9.x' ], [ 'mine.token', 'e30.eyJ1cG4iOiJVc2VyMkBjb3JwLmV4YW1wbGUifQ.x' ],
        [ 'open.token', 'tok-1' ], [ 'other.auth', "username = client-1\npassword = wrong-1\ndomain = tenant-1\n" ];
    chmod 0600, map {"$dir/$_"} qw(good.token bad.token federated empty.token old.token mine.token other.auth);
    chmod 0644, "$dir/open.token";
    my %mine = (tenant => 'tenant-1', 'client-id' => 'client-1', credentials => undef);
    my $identity = $arm->plain_url . '/metadata/identity/oauth2/token';
    my @tokens = (tokens => [ 'tok-1', 'e30.eyJ1cG4iOiJVc2VyMkBjb3JwLmV4YW1wbGUifQ.x' ]);
    my @ways = (
        [ 'a secret',              {}, 0, qr/OK: 8 sessions/ ],
        [ 'a wrong secret',        { credentials => 'wrong' }, 3, qr/no token: invalid_client: AADSTS7000215: Invalid client secret provided/ ],
        [ 'another tenant',        { tenant => 'elsewhere' }, 3, qr/AADSTS90002/ ],
        [ 'no credentials',        { credentials => undef, auth => 'secret' }, 3, qr/needs credentials/ ],
        [ 'a certificate',         { %mine, certificate => $certificate, key => $key }, 0, qr/OK: 8/ ],
        [ 'another key than its',  { %mine, certificate => $other, key => $key }, 3, qr/cannot be used/ ],
        [ 'a managed identity',    { credentials => undef, 'identity-endpoint' => $identity }, 0, qr/OK: 8/ ],
        [ 'by its client id',      { credentials => undef, 'identity-endpoint' => $identity, 'client-id' => 'identity-1' }, 0, qr/OK: 8/ ],
        [ 'one that is not there', { credentials => undef, 'identity-endpoint' => $identity, 'client-id' => 'x' }, 3, qr/Identity not found/ ],
        [ 'a machine elsewhere',   { credentials => undef, 'identity-endpoint' => 'http://127.0.0.1:1/' }, 3, qr/no managed identity: .*nothing listens/ ],
        [ 'one of elsewhere',      { credentials => undef, 'identity-endpoint' => 'http://192.0.2.1/' }, 3, qr/not on this machine/ ],
        [ 'a token in a file',     { credentials => undef, 'token-file' => "$dir/good.token" }, 0, qr/OK: 8/ ],
        [ 'a token nobody knows',  { credentials => undef, 'token-file' => "$dir/bad.token" }, 3, qr/does not accept the token/ ],
        [ 'an expired token',      { credentials => undef, 'token-file' => "$dir/old.token" }, 3, qr/the token has expired/ ],
        [ 'no token',              { credentials => undef, 'token-file' => "$dir/empty.token" }, 3, qr/there is no token in it/ ],
        [ 'a file for all to see', { credentials => undef, 'token-file' => "$dir/open.token" }, 3, qr/others can read/ ],
        [ 'no such file',          { credentials => undef, 'token-file' => "$dir/none.token" }, 3, qr/none.token: No such file/ ],
        [ 'plain HTTP',            { endpoint => 'http://192.0.2.1' }, 3, qr/is not https/ ],
        [ 'no way',                { auth => 'password' }, 3, qr/is not a login method/ ],
        [ 'another cloud',         { cloud => 'usgov' }, 3, qr/invalid_scope/ ],
        [ 'no cloud',              { cloud => 'nine' }, 3, qr/not public, usgov or china/ ],
    );
    for my $way (@ways) {
        my ($name, $options, $status, $text) = @{$way};
        $arm->control(certificate => $certificate, @tokens);
        $arm->configure(options => { 'token-cache' => 'no', %{$options} }, more => "[credentials wrong]\nfile = $dir/other.auth\n");
        my $run = check($arm);
        is($run->{status}, $status, "$name: exit status") or diag $run->{out};
        like($run->{out}, $text, "$name: says so");
    }
    $arm->control(federated => 'fed-1');
    $arm->configure(options => { %mine, 'federated-token-file' => "$dir/federated" });
    is(check($arm)->{status}, 0, "another authority's token");
    $arm->control(@tokens);
    $arm->configure(options => { credentials => undef, 'token-file' => "$dir/mine.token" });
    my $run = order($arm, 'disconnect', '--id', 'VM-1.corp.example/4', @NO_LIMIT);
    is($run->{status}, 1, q{a person's own session});
    like($run->{out}, qr/the caller's own session or account/, 'is never touched');
    paths($arm);
};

subtest 'the file of tokens' => sub {
    my $arm  = server($FARM);
    my $home = tempdir();
    my $env  = { env => { HOME => "$home" } };
    my @both = map { start('check_sessions', '--config', $arm->config, '-T', 'pool', $env) } 1 .. 4;
    is("@{[ map { finish($_)->{status} } @both ]}", '0 0 0 0', 'four at once');
    my ($file, @more) = glob "$home/.local/state/curfew/token-*";
    ok($file && !@more, 'leave one file');
    is(sprintf('%04o', (stat $file)[2] & oct '7777'), '0600', 'for its owner alone');
    unlike($file, qr/tenant|client|secret/, 'with a name that tells nothing');
    my $token = json(read_file($file))->{token};
    paths($arm);
    check($arm, $env);
    is(scalar(grep {/oauth2/} paths($arm)), 0, 'which is used');
    my $until = json(read_file($file))->{until};
    my $write = sub { my ($left) = @_; write_file($file, JSON::PP->new->encode({ token => $token, until => int((time + $left) * 1000) })); chmod 0600, $file };
    $write->(299);
    check($arm, $env);
    is(scalar(grep {/oauth2/} paths($arm)), 1, 'until five minutes before its end');
    $write->(3000);
    chmod 0644, $file;
    is(check($arm, $env)->{status}, 0, 'one that others could read');
    is(scalar(grep {/oauth2/} paths($arm)), 1, 'is not');
    is(sprintf('%04o', (stat $file)[2] & oct '7777'), '0600', 'but replaced');
    rename $file, "$home/elsewhere" or die "rename: $!\n";
    symlink "$home/elsewhere", $file or die "symlink: $!\n";
    is(check($arm, $env)->{status}, 0, 'a symbolic link');
    is(scalar(grep {/oauth2/} paths($arm)), 1, 'is not followed');
    ok(!-l $file, 'but replaced');
    write_file($file, '{"token":"a b\r\nX-Evil: 1","until":99999999999999}');
    chmod 0600, $file;
    is(check($arm, $env)->{status}, 0, 'and one that is no token');
    is(scalar(grep {/oauth2/} paths($arm)), 1, 'is not sent');
};

subtest 'certificates' => sub {
    my %wrong = (
        'of another name' => [ sub { $_[0]->server('wrong', 'DNS:other.example') }, qr/is for another name/ ],
        'that has expired' => [ sub { $_[0]->server('old', { days => -1 }, 'IP:127.0.0.1') }, qr/not trusted: certificate has expired/ ],
        'that nobody signed' => [ sub { $_[0]->alone('self', 'IP:127.0.0.1') }, qr/not trusted: self-signed certificate/ ],
    );
    for my $name (sort keys %wrong) {
        my ($make, $text) = @{ $wrong{$name} };
        my $arm = server($FARM, certificate => $make);
        my $run = check($arm);
        is($run->{status}, 3, "one $name");
        like($run->{out}, $text, 'is not accepted');
        is(scalar $arm->asked, 0, 'and nothing is told to it');
    }
};

# Azure tells the UPN, and at the session host's level the account, too; handlers ask there.
subtest 'every spelling of a name keeps' => sub {
    my $arm = server(names_farm('VM-1.corp.example', 2, 3, 4), control => { pools => { HostPool1 => ['VM-1.corp.example'] } });
    $arm->configure(targets => { pool => "$GROUP/HostPool1", host => "$GROUP/HostPool1/VM-1.corp.example" });
    for my $name (qw(pool host)) {
        kept_by_every_spelling(sub { return with($arm, 'logoff_sessions', '-T', $name, '--all', '--state-dir', $state, @_)->{out} }, 1);
        my $run = run('t/unit/conformance', '--config', $arm->config, $name, { timeout => 60 });
        is($run->{status}, 0, "$name conforms") or diag $run->{out};
    }
};

subtest 'conformance' => sub {
    my $arm = server($FARM =~ s/^user = waits.*\n(?:.*\n)?/user = other\n/mgr);
    my $dead = server($FARM);
    $dead->faults({ match => q{.}, kind => 'silent' });
    $arm->configure(
        targets => { pool => "$GROUP/HostPool1", host => "$GROUP/HostPool1/VM-1.corp.example", group => "$GROUP/*" },
        more    => $dead->target(dead => "$GROUP/Dead"),
    );
    for my $name (qw(pool host group)) {
        my $run = run('t/unit/conformance', '--config', $arm->config, $name, 'dead', { timeout => 60 });
        is($run->{status}, 0, "$name conforms") or diag $run->{out};
        unlike($run->{out}, qr/^not ok/m, 'in every point');
        like($run->{out}, qr/^1[.][.][2-9]\d$/m, 'to the end');
    }
    paths($arm);
};

unlike(join(q{}, @said), qr/secret-1|wrong-1|fed-1|tok-[12]|eyJ|not_signed|bm90IHNpZ25lZA/, 'no secret and no token was ever shown');
push @everything, map { $_->asked } @servers;
is(scalar(grep {m{/sessionHosts[?]}} @everything), 0, 'the list of session hosts was never asked for');
for my $arm (@servers) {
    my $ended = $arm->stop_server;
    # A client that has gone is none; Mojolicious 9.39 tells it.
    is($ended->{err} =~ s/^.*\[error\] Broken pipe\n//mgr, q{}, 'the server had no complaints');
}
done_testing;
