#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# rds:// against a connection broker on loopback (t/servers/wsman with Broker.pm): what the broker alone can tell. Its
# session hosts do not exist here; t/e2e-rds-hosts.t has some.  The broker's answers are made by hand after Microsoft's
# pages: no real one was to be had.
use strict;
use warnings;

use Test::More;
use Time::HiRes qw(time);

use Curfew;
use Curfew::Recorded qw(recording_holds);
use Curfew::Wsman;

# Where everything ought to be there (CURFEW_CI=1), what is missing is a failure.
sub lacking {
    my ($reason) = @_;
    BAIL_OUT($reason) if $ENV{CURFEW_CI};
    plan skip_all => $reason;
    return;
}

lacking('rds was not built: it needs libcurl, expat and GSS-API') if !program('provider-rds');
lacking(Curfew::Wsman::missing()) if Curfew::Wsman::missing();

# Names end at this machine, as far as we may: a resolver that answers late, or always, would be tested too.
if ($> == 0 && !$ENV{CURFEW_OWN_NAMES}) {
    local $ENV{CURFEW_OWN_NAMES} = 1;
    my $files = q{f=$(mktemp) && printf '%s: files\n' passwd group hosts >"$f" && chmod 644 "$f"};
    exec 'unshare', '--mount', '--', 'sh', '-c', qq{$files && mount --bind "\$f" /etc/nsswitch.conf && rm "\$f" && exec "\$@"},
        'sh', $^X, (map {"-I$_"} @INC), $0;
}

my $farm = <<'FARM';
[host one]
skew = +3m
[session 0]
class = services
[session 2]
user = alice
domain = CORP
logon = -5h
last-input = -45m
[session 3]
user = Bob
domain = CORP
logon = -9h
disconnect = -3h
[session 4]
user = "O'Hara & <Söhne>"
domain = EU
kind = remote-app
last-input = -5m
[host two]
[session 2]
user = alice
domain = CORP
kind = remote-app
disconnect = -1h
[session 7]
user = frank
domain = CORP
last-input = unknown
[session 8]
user = odd
state = other
[host three]
[session 2]
user = gone
domain = CORP
last-input = -8h
[hosts many 1-50]
sessions = 20
FARM

my $DEPLOYED = <<'PLAN';
collection QuickSes Office Desktops
collection Apps1 Apps
host one RDSH1.invalid QuickSes
host two rdsh2.invalid Apps1
PLAN

my @keep = (my $folder = tempdir());
my $plan = "$folder/deployed";

sub deploy { my @lines = @_; return write_file($plan, join q{}, map { /\n\z/ ? $_ : "$_\n" } @lines) }
deploy($DEPLOYED);

my $peer = Curfew::Wsman->new(farm => $farm, listen => ['good'], broker => $plan);
my $url  = 'rds://broker.farm.localhost:' . $peer->port;
my @access = ('credentials = alice', 'auth = basic', "ca = $peer->{certificates}{ca}");

sub target { my ($name, @lines) = @_; return join("\n", "[target $name]", @lines) . "\n" }

my @upn    = ('upn-suffix = CORP = corp.example, EU = eu.corp.example');
my $config = $peer->config(
    join q{},
    target('all',      "url = $url",                         @access, @upn),
    target('desktops', "url = $url/Office%20Desktops",       @access, @upn),
    target('alias',    "url = $url/apps1",                   @access),
    target('nowhere',  "url = $url/Nowhere",                 @access),
    target('verified', "url = $url",                         @access, 'verify = yes'),
    target('badupn',   "url = $url",                         @access, 'upn-suffix = corp.example'),
    target('badflag',  "url = $url",                         @access, 'verify = maybe'),
    target('slashes',  "url = $url/a/b",                     @access),
    target('percent',  "url = $url/a%2",                     @access),
    target('two',      "url = rds://b1.farm.localhost:@{[$peer->port]},b2.farm.localhost:@{[$peer->port]}/Office%20Desktops", @access),
    target('gone',     "url = rds://b1.farm.localhost:1,b2.farm.localhost:@{[$peer->port]}", @access),
    target('nobody',   'url = rds://b1.farm.localhost:1,b2.farm.localhost:1', @access),
    target('twowrong', "url = rds://b1.farm.localhost:@{[$peer->port]},b2.farm.localhost:@{[$peer->port]}", 'credentials = wrong', @access[ 1, 2 ]),
    target('again',    'url = rds://b1,B1', @access),
    target('vdi',      "url = $url/Pool%20VDI", @access),
    target('hang',     "url = rds://hang.farm.localhost:" . $peer->port, @access),
    (map { target("b$_", "url = rds://b$_.farm.localhost:" . $peer->port, @access) } 1 .. 100),
    "[credentials wrong]\nfile = $folder/wrong.auth\n",
    target('wrong',    "url = $url", 'credentials = wrong', @access[ 1, 2 ]),
);
chmod 0600, write_file("$folder/wrong.auth", "username = alice\npassword = not-it\n") or die "chmod: $!\n";

sub check { my ($target, @arguments) = @_; return run('check_sessions', '--config', $config, '-T', $target, @arguments) }

my $state;

sub order {
    my ($program, $target, @arguments) = @_;
    push @keep, $state = tempdir();
    return run("${program}_sessions", '--config', $config, '-T', $target, '--state-dir', "$state", @arguments);
}

# Of the broker alone: the worker is asked as a check in text asks it.
sub sessions {
    my ($target, %options) = @_;
    my $request = { id => 1, op => 'list', needs => [], deadline => 5000, targets => [ {
        url => $target eq 'all' ? $url : "$url/$target", credentials => $options{credentials} // "$peer->{alice}",
        options => { auth => 'basic', ca => $peer->{certificates}{ca}, 'upn-suffix' => 'CORP = corp.example' } } ] };
    my $run  = run('provider-rds', { stdin => JSON::PP->new->utf8->encode($request) . "\n" });
    my $told = json((split /\n/, $run->{out})[-1]);    # the first line says the version
    return { map { $_->{id} => $_ } @{ $told->{snapshot}{sessions} } };
}
($peer->{alice}) = read_file($config) =~ /\[credentials alice\]\nfile = (\S+)/;

subtest 'a deployment' => sub {
    my $run = check('all', '-v');
    is $run->{status}, 0, 'OK' or diag $run->{out}, $run->{err};
    like $run->{out}, qr/^SESSIONS OK: 6 sessions, 1 of unknown state \|.*^6 sessions: 3 active \(1 idle, 1 unknown\), 2 disconnected, 1 of/ms, 'counted' or diag $run->{out};
    is $run->{err}, q{}, 'nothing on stderr';
    is_deeply [ sort grep {/^broker Win32/} $peer->requests ],
        [ sort map {"broker $_ alice"} qw(Win32_SessionDirectorySessionEx Win32_RDSHCollection Win32_RDSHServer Win32_OperatingSystem) ],
        'four questions';
    my $all = sessions('all');
    is_deeply [ sort keys %{$all} ], [ map { "rdsh$_" } qw(1.invalid/2 1.invalid/3 1.invalid/4 2.invalid/2 2.invalid/7 2.invalid/8) ],
        'ids name the host';
    my $alice = $all->{'rdsh1.invalid/2'};
    is_deeply { map { $_ => $alice->{$_} } qw(provider host number user domain upn collection state class kind disconnect_time birth) },
        {
        provider => 'rds', host => 'rdsh1.invalid', number => 2, user => 'alice', domain => 'CORP', upn => 'alice@corp.example',
        collection => 'Office Desktops', state => 'active', class => 'user', kind => 'desktop', disconnect_time => 'never', birth => undef,
        },
        'with all that was told, and no birth';
    is $all->{'rdsh1.invalid/4'}{user}, "O'Hara & <S\x{f6}hne>", 'a name of quotes, markup and letters';
    is $all->{'rdsh1.invalid/4'}{kind}, 'remote-app', 'a remote app';
    is $all->{'rdsh1.invalid/4'}{upn},  undef, 'whose domain has no suffix: no UPN';
    is $all->{'rdsh2.invalid/7'}{last_input}, undef, 'no idle time: not known';
    is $all->{'rdsh2.invalid/8'}{state_text}, 'state 77', 'a state that nobody knows is shown as it is';
    done_testing;
};

recording_holds('a broker', [ '--config', $config, '-T', 'all' ],
    { secrets => [qw(alice bob corp rdsh1 rdsh2 office quickses apps1 hara hne farm localhost invalid)], sessions => 6 });
$peer->requests;

subtest 'times are on the broker\'s clock' => sub {
    for my $form ('skew 600', "skew -600\nset dmtf") {
        deploy($DEPLOYED, $form);
        my $run = check('all', '-v', '-v', '--perfdata', 'all');
        like $run->{out}, qr/oldest_idle=27\d\ds;.*oldest_disconnected=108\d\ds;/, "$form: 45 minutes idle, 3 hours disconnected" =~ s/\n/ /r
            or diag $run->{out};
    }
    deploy($DEPLOYED, 'set no-clock');
    my $run = check('all', '-v', '--perfdata', 'all');
    like $run->{out}, qr/oldest_idle=27\d\ds/, 'without a clock idle times are known, as they are lengths';
    like $run->{out}, qr/the broker's clock cannot be read: how long/, 'and since when one is disconnected is not';
    is sessions('all')->{'rdsh1.invalid/3'}{disconnect_time}, undef, 'so it is said to be unknown';
    deploy($DEPLOYED, 'set zoneless');
    is sessions('all')->{'rdsh1.invalid/3'}{$_}, undef, "a $_ without its zone is none" for qw(disconnect_time logon_time);
    deploy($DEPLOYED);
    done_testing;
};

subtest 'one collection' => sub {
    like check('desktops')->{out}, qr/^SESSIONS OK: 3 sessions/, 'by its name, which has a blank';
    like check('alias')->{out}, qr/^SESSIONS OK: 3 sessions/, 'by its alias, whatever its case';
    my $run = check('nowhere', '--diagnose');
    is $run->{status}, 3, 'one that there is not';
    like $run->{out}, qr/the broker has no collection "Nowhere".*it has Office Desktops, Apps/s, 'and which there are';
    like check('all', '--collection', 'Apps', '--user', 'ALICE@corp.example')->{out}, qr/^SESSIONS OK: 1 session: 0 active/,
        'collection and UPN: one session';
    like check('all', '--user', 'CORP\\alice')->{out}, qr/^SESSIONS OK: 2 sessions/, 'DOMAIN\user';
    deploy($DEPLOYED, 'set no-rdms');
    $run = check('all', '-v');
    like $run->{out}, qr/names of the collections cannot be read, aliases are shown: .*Invalid class/, 'aliases without names';
    is sessions('all')->{'rdsh1.invalid/2'}{collection}, 'QuickSes', 'stand for them';
    like check('desktops', '--diagnose')->{out}, qr/broker's collections \(Win32_RDSHCollection\) cannot be read: .*Invalid class/, 'a name is none then';
    deploy($DEPLOYED);
    done_testing;
};

subtest 'the base class, which numbers states otherwise' => sub {
    deploy($DEPLOYED, 'set base');
    my $run = check('all', '-v');
    like $run->{out}, qr/^6 sessions: 3 active.*2 disconnected, 1 of unknown state/m, 'counted' or diag $run->{out};
    like $run->{out}, qr/idle_unknown=3/, 'without idle times';
    like $run->{out}, qr/has no Win32_SessionDirectorySessionEx: collections and idle times are unknown/, 'and says so';
    my $base = sessions('all');
    is $base->{'rdsh1/3'}{state}, 'disconnected', '1 is disconnected';
    is $base->{'rdsh1/2'}{state}, 'active', '0 is active';
    is $base->{'rdsh2/8'}{state_text}, 'state 9', 'and 9 nobody knows';
    $run = check('desktops', '--diagnose');
    like $run->{out}, qr/does not list the collections of sessions/, 'no collection to be had';
    deploy($DEPLOYED, 'set ex-under-base');
    like check('all')->{out}, qr/^6 sessions: 3 active \(1 idle, 1 unknown\), 2 disconnected, 1 of unknown state/m,
        'instances of the other class are read as what they are';
    deploy($DEPLOYED, 'set none');
    $run = check('all', '--diagnose');
    is $run->{status}, 3, 'neither class: UNKNOWN';
    like $run->{out}, qr/2147749904 \(0x80041010\).*Invalid class.*is it a connection broker/s, 'and what it may be';
    $peer->fault('broker', 'winrmclass');
    $run = check('all', '--diagnose');
    is $run->{status}, 3, 'and as WinRM itself says it';
    like $run->{out}, qr/does not have the class that was asked for.*is it a connection broker/s, 'too';
    deploy($DEPLOYED, 'set base');
    like check('all')->{out}, qr/^6 sessions: 3 active.*2 disconnected, 1 of unknown state/m, 'then the base class is asked';
    $peer->fault('broker', q{});
    deploy($DEPLOYED);
    done_testing;
};

# What brokers say of each other is Win32_RDMSEnvironment's GetActiveServer, documented and asked by Microsoft's module.
subtest 'several brokers' => sub {
    my @desktops = map {"$_ alice"} qw(Win32_SessionDirectorySessionEx Win32_RDSHCollection Win32_RDSHServer Win32_OperatingSystem);
    for my $case ([ 'B2.farm.localhost', 'b2', 'the second is active' ], [ 'b1', 'b1', 'the first is, told by its short name' ]) {
        my ($active, $asked, $name) = @{$case};
        deploy($DEPLOYED, "active \L$active");
        $peer->requests;
        my $run = check('two', '-v');
        like $run->{out}, qr/^SESSIONS OK: 3 sessions/, "$name: the collection by its name" or diag $run->{out};
        unlike $run->{out}, qr/cannot be read|was not asked/, "$name: nothing is missed";
        is_deeply [ grep { !/Enumerate|Pull/ } $peer->requests ], [ 'b1 GetActiveServer alice', map {"$asked $_"} @desktops ],
            "$name: one question more"
            or diag $run->{out};
    }
    deploy($DEPLOYED, 'active b9.farm.localhost');
    my $run = check('gone', '-v');
    like $run->{out}, qr/^SESSIONS OK: 6 sessions/, 'a broker that is not there is passed over' or diag $run->{out};
    like $run->{out}, qr/active management server is b9[.]farm[.]localhost, which was not asked/, 'one that is not named is not asked, and said';
    like $run->{out}, qr/names of the collections cannot be read/, 'with what is missed';
    deploy($DEPLOYED, 'active b1.farm.localhost');
    $run = check('gone', '-v');
    like $run->{out}, qr/^SESSIONS OK: 6 sessions/, 'the active one is not there: the other one tells the sessions' or diag $run->{out};
    like $run->{out}, qr/active management server is b1[.]farm[.]localhost, which was not asked/, 'and this is said';
    deploy($DEPLOYED);
    like check('two')->{out}, qr/^SESSIONS OK: 3 sessions/, 'one that knows no such method is asked as it is';
    $run = check('nobody', '--diagnose');
    is $run->{status}, 3, 'nobody there: UNKNOWN';
    like $run->{out}, qr/nothing listens there/, 'and why' or diag $run->{out};
    $peer->requests;
    is check('twowrong')->{status}, 3, 'a wrong password';
    is scalar(my @tries = $peer->requests), 1, 'is tried at one broker, because each try counts';
    like check('again')->{out}, qr/not up to 8 different brokers/, 'a broker named twice';
    deploy($DEPLOYED, 'active b1.farm.localhost');
    my $act = order('logoff', 'two', '--all');
    unlike $act->{out}, qr/cannot be read/, 'a handler asks the same way' or diag $act->{out};
    deploy($DEPLOYED);
    done_testing;
};

subtest 'collections of virtual desktops have names' => sub {
    deploy($DEPLOYED, 'virtual Vdi1 Pool VDI', 'host three vdi.invalid Vdi1');
    my $run = check('vdi', '-v');
    like $run->{out}, qr/^SESSIONS OK: 1 session/, 'by name' or diag $run->{out};
    like $run->{out}, qr/1 sessions are on virtual desktops/, 'and told apart';
    is sessions('all')->{'vdi.invalid/2'}{collection}, 'Pool VDI', 'shown by it';
    deploy($DEPLOYED);
    like check('vdi', '-v')->{out}, qr/has no collection "Pool VDI"/, 'and none where there is none';
    done_testing;
};

subtest 'ghosts' => sub {
    deploy($DEPLOYED, 'stray three old.invalid QuickSes');
    my $run = check('all', '-v');
    like $run->{out}, qr/^SESSIONS OK: 6 sessions/, 'a host that is not in the farm has no sessions that count' or diag $run->{out};
    like $run->{out}, qr/1 ghosts: listed by the broker, and not there/, 'they are told apart';
    is sessions('all')->{'old.invalid/2'}{class}, 'ghost', 'as ghosts';
    like check('all', '--class', 'ghost', '-c', 'total=0')->{out}, qr/^SESSIONS CRITICAL: .*total 1/, 'which can be watched';
    deploy($DEPLOYED =~ s/^host/stray/gmr, 'server elsewhere.invalid');
    $run = check('all', '-c', 'total=0', '-v');
    is $run->{status}, 3, 'all of them on hosts that are not in the farm: UNKNOWN' or diag $run->{out};
    like $run->{out}, qr/not one of the \d+ sessions is on a host of the farm/, 'and it says so';
    deploy($DEPLOYED);
    done_testing;
};

subtest 'hosts in use or not' => sub {
    deploy($DEPLOYED, 'server empty.invalid');
    my $hosts = sub { [ sort @{ json(check($_[0], '--output', 'json')->{out})->{targets}[0]{snapshot}{hosts} } ] };
    is_deeply $hosts->('all'),      [qw(empty.invalid rdsh1.invalid rdsh2.invalid)], 'of a deployment';
    is_deeply $hosts->('desktops'), ['rdsh1.invalid'], 'of a collection';
    deploy($DEPLOYED);
    done_testing;
};

subtest 'hosts that do not answer, or cannot be asked' => sub {
    my $tsts = program('provider-tsts');
    my $run  = check('verified', '-v');
    if ($tsts) {
        is $run->{status}, 3, 'no host at all answers: UNKNOWN, if the hosts are asked';
        like $run->{out}, qr/none of the session hosts answers/, 'and it says so' or diag $run->{out};
        like $run->{out}, qr/6 ghosts/, 'not one counts';
        like $run->{out}, qr/rdsh1[.]invalid: .*(?:not known|does not resolve)/i, 'and why';
    } else {
        like $run->{out}, qr/^SESSIONS OK: 6 sessions/, 'without tsts they are counted as the broker lists them';
        like $run->{out}, qr/6 sessions could not be verified.*not acted on/, 'and it says so' or diag $run->{out};
        like $run->{out}, qr/this build has no provider tsts/, 'and why';
    }
    for my $program (qw(disconnect logoff message)) {
        my $act = order($program, 'all', '--all', '--execute', $program eq 'message' ? ('--text', 'hello') : ());
        is $act->{status}, 1, "$program: from such a list nothing is taken";
        unlike $act->{out}, qr/(?:disconnect|log off|message) done/, 'and nothing is done';
    }
    my $act = order('logoff', 'all', '--id', 'rdsh1.invalid/3', '--execute');
    is $act->{status}, 1, 'nor one that is named: refused' or diag $act->{out};
    my $why = $tsts ? 'not a user session' : 'cannot be distinguished from a later session';
    like $act->{out}, qr{rdsh1.invalid/3 .*kept, $why}, 'and it says so';
    deploy($DEPLOYED);
    done_testing;
};

subtest 'a virtual desktop is counted, and nobody is asked about it' => sub {
    deploy($DEPLOYED, 'stray three hyperv.invalid VdiPool');
    my $run = check('all', '-v');
    like $run->{out}, qr/^SESSIONS OK: 7 sessions/, 'counted';
    like $run->{out}, qr/1 sessions are on virtual desktops: they are shown and cannot be acted on/, 'and told apart';
    my $act = order('logoff', 'all', '--id', 'hyperv.invalid/2', '--execute');
    is $act->{status}, 1, 'no act';
    like $act->{out}, qr/cannot be distinguished from a later session/, 'as it has no birth';
    deploy($DEPLOYED);
    done_testing;
};

subtest 'pages, and entries that say nothing' => sub {
    $peer->fault('broker', 'page', 2);
    like check('all')->{out}, qr/^SESSIONS OK: 6 sessions/, 'three pages';
    $peer->fault('broker', q{});
    deploy($DEPLOYED, 'set broken');
    my $run = check('all', '-v');
    like $run->{out}, qr/1 of the broker's entries name no session/, 'an entry that is none is said';
    like order('logoff', 'all', '--user', 'nobody-there', '--all', '--execute')->{out}, qr/cut short|rights|nothing/i, 'and nothing is done';
    deploy($DEPLOYED);
    done_testing;
};

subtest 'what is written wrong' => sub {
    for my $row ([ badupn => qr/upn-suffix is "DOMAIN = SUFFIX, ..."/ ], [ badflag => qr/verify is yes or no, not "maybe"/ ],
        [ slashes => qr{not rds://BROKER or rds://BROKER/COLLECTION.*blank is %20} ], [ percent => qr{not rds://BROKER or} ]) {
        my $run = check($row->[0], '--diagnose');
        is $run->{status}, 3, "$row->[0]: UNKNOWN";
        like $run->{out} =~ s/\n/ /gr, $row->[1], 'and why';
    }
    done_testing;
};

subtest 'faults' => sub {
    my @table = (
        [ '401',       'login failed',       qr/the login \(auth = basic\) was not accepted/ ],
        [ '403',       'access denied',      qr/forbidden/ ],
        [ '404',       'not supported',      qr/no WS-Man service/ ],
        [ '500',       'protocol',           qr/HTTP 500/ ],
        [ '503',       'connection refused', qr/not available/ ],
        [ 'type',      'protocol',           qr/not SOAP/ ],
        [ 'redirect',  'protocol',           qr/redirect/ ],
        [ 'huge',      'protocol',           qr/larger than/ ],
        [ 'utf8',      'protocol',           qr/not UTF-8/ ],
        [ 'doctype',   'protocol',           qr/DOCTYPE/ ],
        [ 'deep',      'protocol',           qr/too deep/ ],
        [ 'cut',       'protocol',           qr/cut off/ ],
        [ 'denied',    'access denied',      qr/access denied/ ],
        [ 'timedout',  'timeout',            qr/could not answer/ ],
        [ 'noend',     'protocol',           qr/neither an end nor a way/ ],
        [ 'slow 30',   'timeout',            qr/did not answer in time/ ],
    );
    for my $row (@table) {
        my ($fault, $code, $text) = @{$row};
        $peer->fault('broker', split q{ }, $fault);
        my $run = check('all', '--diagnose', '--target-timeout', $fault =~ /slow|silent/ ? '2s' : '55s');
        is $run->{status}, 3, "$fault is UNKNOWN";
        like $run->{out}, qr/FAILED: $code: /, "$fault: $code" or diag $run->{out};
        like $run->{out} =~ s/\n/ /gr, $text, 'and why' or diag $run->{out};
        unlike $run->{out}, qr/secret/, 'no password in it';
        cmp_ok $run->{seconds}, '<', 30, 'in time';
        is order('logoff', 'all', '--all', '--execute', '--target-timeout', '1s')->{status}, 3, 'and no act';
    }
    $peer->fault('broker', q{});
    $peer->requests;
    is check('wrong')->{status}, 3, 'a wrong password';
    is scalar(grep {/ Enumerate/} $peer->requests), 1, 'costs one login';
    done_testing;
};

subtest 'a hundred brokers at once' => sub {
    deploy("collection Q Q\n", map {"host many$_ many$_.invalid Q\n"} 1 .. 50);
    my $run = check('b1', '-t', '60s', '--target-timeout', '55s');
    like $run->{out}, qr/^SESSIONS OK: 1000 sessions/, 'a broker of 1,000 sessions on 50 hosts' or diag $run->{out};
    deploy($DEPLOYED);
    $peer->fault(q{*}, 'slow', '0.2');
    my $begun = time;
    $run = check('b[1-100]', '-t', '170s', '--target-timeout', '160s');
    my $took = time - $begun;
    like $run->{out}, qr/^SESSIONS OK: 600 sessions/, 'all answer' or diag $run->{out};
    diag sprintf '100 brokers with 200 ms per answer: %.2f s', $took;
    cmp_ok $took, '<', 100, 'at the same time';    # one after the other: 120
    $peer->fault(q{*}, q{});
    done_testing;
};

subtest 'experimental' => sub {
    like run('check_sessions', '--list-providers')->{out}, qr/^rds .*unverified against a real broker.*experimental/m, 'and it says so';
    done_testing;
};

done_testing;
