#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# SNMP shows real sessions as the check does: a real snmpd and curfew-agent, both as root
# as on a session host, beside a real xrdp with two clients.  In the throw-away root, with
# installed programs.
use strict;
use warnings;

use JSON::PP qw(decode_json);
use Test::More;
use Time::Local qw(timegm);

use Daemon qw(capture free_port install_file missing need slurp wait_until workdir);
use Isolated;
use Snmp qw(patience);
use Xrdp;

need(missing(snmpd => 'snmpd', snmpbulkwalk => 'snmp'));
my $packages = Xrdp::missing();
need($packages && "needs Debian's $packages");
need(-x "$ENV{CURFEW_BUILDDIR}/agent/curfew-agent" ? q{} : 'curfew-agent was not built');
my %path = Isolated::enter();

my $BASE = '.1.3.6.1.4.1.32473.7';    # RFC 5612: for documentation, and so for tests
my $SESSIONS = "$BASE.1.3.1";
my $SERIAL   = "$BASE.1.1.1.0";
my %COLUMN = (id => 2, user => 3, state => 6, usage => 11, idle => 12, gone => 13, connect => 15, disconnect => 16,
    input => 17, station => 19, client => 20, address => 22, program => 25, birth => 26);
my %STATE = (1 => 'active', 5 => 'disconnected');
my %USAGE = (2 => 'active', 3 => 'idle', 4 => 'idle-unknown', 5 => 'disconnected');

my $xrdp = Xrdp->new;
$xrdp->does('start_xrdp') or BAIL_OUT('xrdp does not start');
$xrdp->does('add_user alice && login alice') or BAIL_OUT('alice cannot log in');
$xrdp->does('use_backend Xvnc && add_user bob && login bob') or BAIL_OUT('bob cannot log in');

my $dir  = workdir();
my $port = free_port();
install_file("$path{sysconfdir}/curfew/curfew.conf", oct 644, "[defaults]\ntarget = xrdp:\nidle-after = 3s\n");
install_file("$dir/snmpd.conf", oct 600, <<"END");
master agentx
agentXSocket unix:$dir/agentx
agentXPerms 0600 0700 root root
agentaddress udp:127.0.0.1:$port
rocommunity public 127.0.0.1
dontLogTCPWrappersConnects yes
END
local @ENV{qw(MIBS SNMP_PERSISTENT_DIR SNMPCONFPATH)} = (q{}, "$dir/persistent", "$dir/none");
my $snmpd = Daemon->start("$dir/snmpd.log", '/usr/sbin/snmpd', '-f', '-Lf', "$dir/snmpd.log", '-C', '-c', "$dir/snmpd.conf");
my $agent = Daemon->start("$dir/agent.log", "$path{sbindir}/curfew-agent", '--foreground', '-v',
    '--agentx-socket', "unix:$dir/agentx", '--base-oid', $BASE, '--poll-interval', '1s');

sub ask {
    my ($tool, $oid) = @_;
    my %found;
    for (split /\n(?=[.])/, capture($tool, qw(-v2c -On -Ox -OU -Oe -Ot -c public), patience($tool), "127.0.0.1:$port", $oid)) {
        my ($name, $value) = /^([.]\S+) = (.*?)\s*\z/s or next;
        if    ($value eq '""')                          { $found{$name} = q{} }
        elsif ($value =~ /^Hex-STRING: ([\dA-F\s]+)\z/) { $found{$name} = pack 'H*', $1 =~ s/\s//gr }
        elsif ($value =~ /^\w+: (-?\d+)\z/)             { $found{$name} = $1 }
    }
    return \%found;
}

sub serial { return ask('snmpget', $SERIAL)->{$SERIAL} // 0 }

# user => { column => value }, of one snapshot.
sub walked {
    for (1 .. 20) {
        my $before = serial();
        my $cells  = ask('snmpbulkwalk', $SESSIONS);
        next if $before != serial();
        my %sessions;
        for my $name (grep { /^\Q$SESSIONS.$COLUMN{user}\E[.]/ } keys %{$cells}) {
            my $row = substr $name, length "$SESSIONS.$COLUMN{user}";
            $sessions{ $cells->{$name} } = { map { $_ => $cells->{"$SESSIONS.$COLUMN{$_}$row"} } keys %COLUMN };
        }
        return \%sessions;
    }
    BAIL_OUT('no two equal serials around a walk');
    return;
}

sub at_least { my ($value, $least) = @_; return defined $value && $value >= $least }

# Until the walk fits, within ten polls or so.
sub walk_until {
    my ($what) = @_;
    return wait_until(60, sub { my $seen = walked(); return $what->($seen) && $seen });
}

sub checked {
    my $report = decode_json(capture("$path{bindir}/check_sessions", '--output', 'json'));
    return { map { $_->{user} => $_ } @{ $report->{targets}[0]{snapshot}{sessions} } };
}

# DateAndTime (RFC 2579) and our JSON's times, as whole seconds.  What is not known or never was is not there.
sub walked_time {
    my ($octets) = @_;
    return 'none' if !defined $octets;
    my ($year, $month, @rest) = unpack 'nC5', $octets;
    return timegm($rest[3], $rest[2], $rest[1], $rest[0], $month - 1, $year);
}

sub checked_time {
    my ($text) = @_;
    my @parts = ($text // q{}) =~ /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)/ or return 'none';
    return timegm(@parts[5, 4, 3, 2], $parts[1] - 1, $parts[0]);
}

sub same_time {
    my ($one, $other) = @_;
    return "$one$other" =~ /\D/ ? $one eq $other : abs($one - $other) <= 1;
}

# Who, where and how: as the walk says it, and as the check does.
sub shapes {
    my ($walk, $check) = @_;
    return (
        [ @{$walk}{qw(id station client)}, $walk->{address} // q{}, @{$walk}{qw(program birth)}, $STATE{ $walk->{state} // 0 }, $USAGE{ $walk->{usage} // 0 } ],
        [ @{$check}{qw(id station)}, $check->{client_name} // q{}, pack('C*', split /[.]/, $check->{client_address} // q{}),
            @{$check}{qw(application birth state)}, $check->{classification}{usage} ]);
}

sub same_shapes {
    my @texts = map { join "\0", map { $_ // 'none' } @{$_} } shapes(@_);
    return $texts[0] eq $texts[1];
}

# The walk says what the check says, once it is of the same time.
sub agrees {
    my ($user, $what) = @_;
    my ($walk, $check);
    my $took;
    wait_until(60, sub {
        my $begun = time;
        ($walk, $check) = (walked()->{$user} // {}, checked()->{$user} // {});
        $took = time - $begun;
        return same_shapes($walk, $check);
    });
    my $judged = $check->{classification};
    my ($seen, $wanted) = shapes($walk, $check);
    is_deeply($seen, $wanted, "$what: who, where, how, as check_sessions says") or diag explain [ $walk, $check ];
    for (['connect', 'connect_time'], ['disconnect', 'disconnect_time'], ['input', 'last_input']) {
        my ($one, $other) = (walked_time($walk->{ $_->[0] }), checked_time($check->{ $_->[1] }));
        ok(same_time($one, $other), "$what: $_->[1]") or diag "$one, $other";
    }
    for (['idle', 'idle_ms'], ['gone', 'disconnected_ms']) {
        my ($name, $milliseconds) = ($_->[0], $judged->{ $_->[1] });
        is(defined $walk->{$name}, defined $milliseconds, "$what: $_->[1], there or not");
        cmp_ok(abs(($walk->{$name} // 0) - ($milliseconds // 0) / 1000), '<=', 4 + $took, "$what: $_->[1], within a poll or two");
    }
    return $walk;
}

if (!walk_until(sub { keys %{ $_[0] } == 2 })) {
    diag slurp("$dir/agent.log"), slurp("$dir/snmpd.log");
    BAIL_OUT('no walk shows both sessions');
}
like(slurp("/proc/$agent->{pid}/status"), qr/^Uid:\t0\t/m, 'the agent is root');

ok(walk_until(sub { at_least($_[0]{alice}{idle}, 3) && at_least($_[0]{bob}{idle}, 3) }), 'idle time grows');
for my $user (qw(alice bob)) {
    my $walk = agrees($user, "$user, away from the desk");
    is("$STATE{$walk->{state}} $USAGE{$walk->{usage}}", 'active idle', "$user is active, and idle");
    is($walk->{client}, "desk-$user", '... at a desk of that name');
}

ok(walk_until(sub { $xrdp->does('touch_mouse alice'); return defined $_[0]{alice}{idle} && $_[0]{alice}{idle} <= 1 && at_least($_[0]{bob}{idle}, 3) }),
    'input ends it, for her alone');

my $before = walked()->{alice};
capture("$path{bindir}/disconnect_sessions", '-T', 'xrdp:', '--user', 'alice', '--execute');
is($?, 0, 'disconnect_sessions');
ok($xrdp->does('wait_for client_gone alice'), '... drops her client');
ok(walk_until(sub { $STATE{ $_[0]{alice}{state} } eq 'disconnected' && at_least($_[0]{alice}{gone}, 2) }),
    'the walk shows it, and for how long');
my $walk = agrees('alice', 'alice, disconnected');
is("$walk->{id} $walk->{birth}", "$before->{id} $before->{birth}", '... of the same session');
is_deeply([ @{$walk}{qw(client address)} ], [ q{}, undef ], '... without a client');
agrees('bob', 'bob, who is still there');

ok($xrdp->does('use_backend Xorg && login alice'), 'she comes back');
ok(walk_until(sub { $STATE{ $_[0]{alice}{state} } eq 'active' }), 'the walk shows her active');
agrees('alice', 'alice, back');

capture("$path{bindir}/logoff_sessions", '-T', 'xrdp:', '--user', 'bob', '--execute');
is($?, 0, 'logoff_sessions');
ok(walk_until(sub { !$_[0]{bob} }), 'the walk shows no bob');

$_->stop for $agent, $snmpd;
done_testing();
