#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# curfew-agent behind a real snmpd on loopback, both as an ordinary user: what is walked is what
# check_sessions says, and each side lives through the other one's end.
use strict;
use warnings;
use utf8;
use File::Temp ();
use IO::Socket::UNIX ();
use POSIX qw(WNOHANG);
use Socket qw(SOCK_DGRAM);
use Test::More;
use Time::HiRes qw(time);
use Curfew;
use Daemon qw(free_port);
use Snmp qw(patience);
use SnmpCells qw(host_cells session_cells truth);

my $BASE = '.1.3.6.1.4.1.32473.7';    # RFC 5612: for documentation, and so for tests
my ( $SCALARS, $HOSTS, $SESSIONS ) = ( "$BASE.1.1", "$BASE.1.2.1", "$BASE.1.3.1" );
my ( $SERIAL, $FAILURES ) = ( "$SCALARS.1.0", "$SCALARS.5.0" );
my $UPTIME = '.1.3.6.1.2.1.1.3.0';
my $DISCONTINUITY = "$SCALARS.20.0";

my ($snmpd) = grep { -x } qw(/usr/sbin/snmpd /usr/local/sbin/snmpd);
plan skip_all => 'no snmpd; on Debian: apt-get install snmpd snmp' if !defined $snmpd || !-x '/usr/bin/snmpbulkwalk';
plan skip_all => 'curfew-agent was not built' if !defined program('curfew-agent');
plan skip_all => 'sim was not built' if !program('provider-sim');

my $dir    = tempdir();
my $socket = "$dir/agentx";
my $port   = free_port();
# snmpd runs as nobody, who may not be able to enter the source's folder.
my $shipped = write_file( "$dir/shipped.conf", read_file( source_dir() . '/contrib/snmp/snmpd.conf' ) );
my $configuration = write_file( "$dir/snmpd.conf", <<"END" );
agentaddress udp:127.0.0.1:$port
agentXSocket unix:$socket
rocommunity public 127.0.0.1
rwcommunity private 127.0.0.1
END

my %quiet = ( MIBS => q{}, SNMP_PERSISTENT_DIR => "$dir/persistent", SNMPCONFPATH => "$dir/none" );

# A test that holds as soon as its condition does.
sub soon(&$) {    ## no critic (ProhibitSubroutinePrototypes)
    my ( $condition, $name ) = @_;
    return ok( wait_for( \&{$condition}, 60 ), $name );
}

sub snmpd_start {
    return start( $snmpd, '-f', '-Lf', "$dir/snmpd.log", '-C', '-c', "$shipped,$configuration",
        '-p', "$dir/snmpd.pid", { env => \%quiet, timeout => 600 } );
}

sub agent_start {
    my (@arguments) = @_;
    return start( 'curfew-agent', '--foreground', '-v', '--agentx-socket', "unix:$socket", '--base-oid', $BASE,
        '--state-dir', "$dir/state", '--poll-interval', '1s', @arguments, { env => \%quiet, timeout => 600 } );
}

# One whose picture stands still.
sub agent_start_still {
    my (@arguments) = @_;
    my $agent = agent_start( @arguments, '--poll-interval', '10m' );
    soon { log_of($agent) =~ /snapshot \d+:/ && served() } 'an agent that polls once serves' or diag( log_of($agent) );
    return $agent;
}

# What a program that still runs has written to standard error: its file, opened once more.
sub log_of {
    my ($process) = @_;
    return read_file( "/proc/$$/fd/" . fileno $process->{files}[1] );
}

sub snmp {
    my ( $tool, @arguments ) = @_;
    return run( "/usr/bin/$tool", '-v2c', '-On', '-Ox', '-OU', '-Oe', '-Ot', patience($tool), @arguments,
        { env => \%quiet, timeout => 60 } );
}

# OID => [type, value] of what a tool printed; texts as octets.
sub variables {
    my ($text) = @_;
    $text =~ s/\n(?![.])/ /g;
    my ( %found, @order );
    for my $line ( split /\n/, $text ) {
        my ( $oid, $value ) = $line =~ /^([.\d]+) = (.*?)\s*$/ or next;
        push @order, $oid;
        if    ( $value eq '""' )                     { $found{$oid} = [ STRING => q{} ] }
        elsif ( $value =~ /^Hex-STRING: ([\dA-F ]+)$/ ) { $found{$oid} = [ STRING => pack 'H*', $1 =~ s/ //gr ] }
        elsif ( $value =~ /^(\w+): (-?\d+)$/ )       { $found{$oid} = [ $1 => $2 ] }
        else                                         { $found{$oid} = [ other => $value ] }
    }
    return ( \%found, \@order );
}

sub get {
    my ($oid) = @_;
    my ($found) = variables( snmp( 'snmpget', '-c', 'public', "127.0.0.1:$port", $oid )->{out} );
    return ( $found->{$oid} // [ none => undef ] )->[1];
}

sub walk {
    my ( $oid, $tool ) = @_;
    my @size  = ( $tool // q{} ) eq 'snmpwalk' ? () : '-Cr40';
    my $tried = snmp( $tool // 'snmpbulkwalk', @size, '-t20', '-r0', '-c', 'public', "127.0.0.1:$port", $oid );
    return variables( $tried->{out} );
}

sub served {
    my $serial = get($SERIAL);
    return defined $serial && $serial =~ /^\d+$/ && $serial > 0;
}

# The n-th next snapshot, so that it was begun after now.
sub next_snapshot {
    my ($count) = @_;
    my $before = wait_for { get($SERIAL) } 60;    # a busy machine may lose an answer
    return wait_for { ( get($SERIAL) // 0 ) >= $before + ( $count // 2 ) } 60;
}

sub cpu_ticks {
    my ($pid) = @_;
    my @fields = split / /, read_file("/proc/$pid/stat") =~ s/^.*\) //r;
    return $fields[11] + $fields[12];
}

my $long = 'é' x 200;
my $farm = farm(<<"END");
[host ts01]
[session 1]
user = alice
domain = CORP
upn = alice\@corp.example
station = RDP-Tcp#4
client-name = KIOSK-ÄÖÜ
client-address = 192.0.2.5
collection = Büro
application = Excel
logon = -8h
connect = -2h
last-input = -45m
locked = yes
[session 2]
user = 日本語
client-address = 2001:db8::7
last-input = -1m
kind = remote-app
[session 3]
user = jörg
state = disconnected
logon = -30h
disconnect = -3h
kind = shell
[session 4]
user = eve
last-input = unknown
client-address = behind-a-gateway
locked = unknown
[session 0]
class = services
[session 65536]
class = listener
state = listen
[session 65540]
user = ghost
last-input = -3m
class = ghost
[session 2999999999]
user = grace
last-input = -2m
[session 4294967295]
user = $long
last-input = -10s
[host login]
[session c1]
user = carol
last-input = -5m
[session c2]
user = dave
state = disconnected
disconnect = unknown
[host gone]
fault = refused
[host cut]
fault = cut
[session 1]
user = ann
last-input = -31m
[session 2]
user = bert
last-input = -29m
[host empty]
END
my @targets = map { ( '-T', "sim:$farm#$_" ) } qw(ts01 login gone cut empty);

# The agent first: it waits for its master agent.
my $agent = agent_start(@targets);
soon { log_of($agent) =~ /snapshot \d+:/ } 'a poll without snmpd' or diag( log_of($agent) );
my $daemon = snmpd_start();
soon { served() } 'the agent finds snmpd that was started later' or diag( log_of($agent), read_file("$dir/snmpd.log") );
like( read_file("/proc/$agent->{pid}/status"), qr/^Uid:\s+(?!0\b)\d+\s/m, 'the agent is not root' );
unlike( read_file("$dir/snmpd.log"), qr/Unknown token|[Ee]rror|snmpd[.]conf: line/, 'contrib/snmp/snmpd.conf is to snmpd\'s liking' );
my ($known) = walk('.1.3.6.1.2.1.1.9.1.2');
ok( ( grep { ( $_->[1] // q{} ) =~ /^(?:OID: )?\Q$BASE\E$/ } values %{$known} ), 'sysORTable names the base OID' );

# The same picture twice: by the check and by a walk.
is( stop($agent)->{status}, 0, 'SIGTERM ends the agent' );
$agent = agent_start_still(@targets);
my $report = json( run( 'check_sessions', @targets, '--output', 'json' )->{out} );
my ( $hosts, $sessions, $scalars ) = map { ( walk($_) )[0] } $HOSTS, $SESSIONS, $SCALARS;

# Idle times grew between the check and the poll: a minute is less than any difference that matters here.
# Neither is there: the same, too.
sub near {
    my ( $got, $milliseconds ) = @_;
    return !defined $got && !defined $milliseconds if !defined $got || !defined $milliseconds;
    return abs( $got - $milliseconds / 1000 ) <= 60;
}

my ( %index, $rows, $cells );
for my $oid ( grep { /^\Q$HOSTS\E[.]3[.]/ } keys %{$hosts} ) {
    $index{ $hosts->{$oid}[1] } = ( split /[.]/, $oid )[-1];
}
is_deeply( [ sort keys %index ], [ sort map { $_->{label} } @{ $report->{targets} } ], 'a row for each target' );
for my $target ( @{ $report->{targets} } ) {
    my $host  = $index{ $target->{label} } // 0;
    my $cell  = sub { return ( $hosts->{"$HOSTS.$_[0].$host"} // [] )->[1] };
    my $count = $target->{counts} // {};
    my %expected = host_cells($target);
    is_deeply( { map { $_ => $cell->($_) } keys %expected }, \%expected, "$target->{label}: its counts, the reason if there was no answer" );
    is( defined $cell->(14), !!( $target->{reachable} && !$count->{idle_unknown} ), 'is the oldest idle time known?' );
    is( defined $cell->(15), !!( $target->{reachable} && !$count->{disconnected_unknown} ), 'and the oldest disconnection?' );
    for my $session ( @{ ( $target->{snapshot} // {} )->{sessions} // [] } ) {
        my ($number) = map { ( split /[.]/ )[-1] }
          grep { /^\Q$SESSIONS\E[.]2[.]$host[.]/ && $sessions->{$_}[1] eq $session->{id} } keys %{$sessions};
        my $name = "$target->{label} session $session->{id}";
        if ( !defined $number ) { fail("$name is served"); next }
        if   ( defined $session->{number} ) { is( $number, $session->{number}, "$name: its own number" ) }
        else                                { ok( $number >= 2**30 && $number < 2**31, "$name: a made-up number" ) }
        my $value   = sub { return ( $sessions->{"$SESSIONS.$_[0].$host.$number"} // [] )->[1] };
        my $judged   = $session->{classification};
        my %expected = session_cells($session);
        is_deeply( { map { $_ => $value->($_) } keys %expected }, \%expected, "$name: every column" );
        ok( near( $value->(12), $judged->{idle_ms} ) && near( $value->(13), $judged->{disconnected_ms} ), "$name: its times" );
        is( defined $value->(27), ( $session->{birth} // q{} ) ne q{}, "$name: a key to order by, if it has a birth" );
        $rows++;
        $cells += grep { defined } values %expected, $value->(12), $value->(13), $value->(27);
    }
}
is( keys %{$sessions}, $cells, 'and not a cell more' );
cmp_ok( $cells, '<', $rows * 25, 'what is not known has no cell' );
is_deeply( [ map { $scalars->{"$SCALARS.$_.0"}[1] } 4, 6 .. 8 ], [ 600, 1800, 5, $rows ], 'the scalars' );
for my $total ( [ 10 => 'total' ], [ 11 => 'active' ], [ 12 => 'idle' ], [ 13 => 'idle_unknown' ], [ 14 => 'disconnected' ] ) {
    my ( $column, $name ) = @{$total};
    my $sum = 0;
    $sum += $_->{counts}{$name} // 0 for grep { $_->{reachable} } @{ $report->{targets} };
    is( $scalars->{"$SCALARS.$column.0"}[1], $sum, "the farm's $name" );
}
is( $scalars->{"$SCALARS.9.0"}[1], 1, 'hosts without an answer' );
ok( !exists $scalars->{"$SCALARS.15.0"}, 'the oldest idle time of the farm is not known' );
like( $scalars->{"$SCALARS.19.0"}[1], qr/[0-9]/, 'the version of the agent' );
ok( ( grep { $_->{classification}{usage} eq 'idle-unknown' } map { @{ ( $_->{snapshot} // {} )->{sessions} // [] } } @{ $report->{targets} } ),
    'the farm had a session whose idle time is not known' );

# Other ways to ask.
is_deeply( ( walk($BASE) )[1], ( walk( $BASE, 'snmpwalk' ) )[1], 'GETBULK walks what GETNEXT walks, in the same order' );
is( ( variables( snmp( 'snmpgetnext', '-c', 'public', "127.0.0.1:$port", "$SESSIONS.2.$index{ts01}.4294967294" )->{out} ) )[1][0],
    "$SESSIONS.2.$index{ts01}.4294967295", 'numbers are unsigned all the way' );
like( snmp( 'snmpget', '-c', 'public', "127.0.0.1:$port", "$SESSIONS.3.1.77" )->{out}, qr/No Such Instance/, 'no such row' );
like( snmp( 'snmpget', '-c', 'public', "127.0.0.1:$port", "$SESSIONS.32.1.1" )->{out}, qr/No Such Object/,   'no such column' );
like( snmp( 'snmpset', '-c', 'private', "127.0.0.1:$port", "$SESSIONS.3.$index{ts01}.1", 's', 'mallory' )->{err},
    qr/notWritable|noAccess/, 'nothing can be written' );

# A second agent.
my $second = run( 'curfew-agent', '--foreground', '--agentx-socket', "unix:$socket", '--state-dir', "$dir/state", @targets );
is( $second->{status}, 2, 'a second agent with the same state folder ends' );
like( $second->{err}, qr/another curfew-agent runs with the state folder/, 'and says why' );
my $rival = start( 'curfew-agent', '--foreground', '--agentx-socket', "unix:$socket", '--base-oid', $BASE,
    '--state-dir', "$dir/rival", @targets, { env => \%quiet, timeout => 600 } );
soon { log_of($rival) =~ /another subagent serves it/ } 'one with another state folder says that its OID is taken'
  or diag( log_of($rival) );
soon { served() } 'the first one serves on';

# The polling process is killed while it waits: one poll is lost, nothing else.
is( stop($agent)->{status}, 0, 'the first one ends' );
soon { served() } 'and the other one serves in its place' or diag( log_of($rival) );
is( () = log_of($rival) =~ /another subagent serves it/g, 1, 'the refusal was said once' );
is( stop($rival)->{status}, 0, 'SIGTERM ends an agent with status 0' );
my $slow = farm("[host slow]\ndelay = 1500ms\n[session 1]\nuser = zoe\n[host fine]\n[session 1]\nuser = kim\n");
my $conf = write_file( "$dir/curfew.conf", "[defaults]\ntarget = sim:$slow#slow\n" );
$agent = agent_start( '--config', $conf );
soon { served() } 'an agent with a slow host serves';
my $failures;
soon { defined( $failures = get($FAILURES) ) } 'it counts failed polls';
soon {    # the polling process may have ended meanwhile: then the next one
    kill 'KILL', read_file("/proc/$agent->{pid}/task/$agent->{pid}/children") =~ /(\d+)/g;
    return ( get($FAILURES) // 0 ) > $failures;
} 'a killed polling process is one failed poll';
ok( next_snapshot(1), 'and the next one works' );
my $begun = time;
soon { served() } 'asked while a poll waits' for 1 .. 5;
cmp_ok( ( time - $begun ) / 5, '<', 2, 'it answers at once' );

# Configuration, read again.
write_file( $conf, "[defaults]\ntarget = sim:$slow#slow\nnonsense = 1\n" );
kill 'HUP', $agent->{pid};
soon { log_of($agent) =~ /the old configuration stays/ } 'a bad configuration is refused';

# What it changes comes with the table that was made by it: until then, a GET sees the old values beside the old table.
write_file( $conf, "[defaults]\nidle-after = 7m\ntarget = sim:$slow#slow\ntarget = sim:$slow#fine\n" );
my ( %together, $waited );
kill 'HUP', $agent->{pid};
soon {
    my ($found) = variables( snmp( 'snmpget', '-c', 'public', "127.0.0.1:$port", "$SCALARS.6.0", "$SCALARS.7.0" )->{out} );
    my ( $idle_after, $hosts ) = map { ( $found->{"$SCALARS.$_.0"} // [] )->[1] } 6, 7;
    return if !defined $hosts;
    $together{"$idle_after s, $hosts hosts"}++;
    $waited ||= $hosts == 1 && log_of($agent) =~ /configuration read again/;
    return $hosts == 2;
} 'a good one is taken over' or diag( log_of($agent) );
delete $together{'1800 s, 1 hosts'};
is_deeply( [ keys %together ], ['420 s, 2 hosts'], 'its values and its hosts come together' );
note( 'asked after it was read, and before its table: ', $waited ? 'yes' : 'no' );
stop($agent);

# Who comes back when the other one ends, in the middle of a walk.
my $many = farm("[hosts rds 1-50]\nsessions = 20\n");
my @big  = ( '-T', "sim:$many#rds[1-50]" );

# A walk of some seconds, under way.
sub walker {
    my $ticks  = cpu_ticks( $agent->{pid} );
    my $walker = start( '/usr/bin/snmpbulkwalk', '-v2c', '-On', '-t1', '-r1', '-Cr40', '-c', 'public', "127.0.0.1:$port", $SESSIONS,
        { env => \%quiet, timeout => 60 } );
    soon { cpu_ticks( $agent->{pid} ) >= $ticks + 3 } 'a walk is under way';
    return $walker;
}

$agent = agent_start(@big);
soon { served() && get("$SCALARS.8.0") == 1000 } 'a larger farm is served';
my ($names) = walk("$HOSTS.3");

# snmpd ends between a request and its answer: strace holds the answer back meanwhile.
sub held_back {
    my ($pid) = @_;
    my $since;
    return wait_for {
        my $traced = read_file("/proc/$pid/stat") =~ /\) t /;
        $since = $traced ? $since // time : undef;
        return $traced && time - $since > 0.5;
    } 20;
}

SKIP: for my $signal (qw(TERM KILL)) {
    skip 'strace may not attach to the agent', 1 if !may_trace( $agent->{pid} );
    my $strace = start( '/usr/bin/strace', '-p', $agent->{pid}, qw(-e trace=sendto -e inject=sendto:delay_enter=3000000),
        '-o', "$dir/strace-$signal", { timeout => 60 } );
    soon { read_file("/proc/$agent->{pid}/status") =~ /^TracerPid:\s+$strace->{pid}$/m } 'the agent is traced';
    my $asker = start( '/usr/bin/snmpget', '-v2c', '-t1', '-r0', '-c', 'public', "127.0.0.1:$port", $SERIAL,
        { env => \%quiet, timeout => 60 } );
    ok( held_back( $agent->{pid} ), 'its answer is held back' );
    stop( $daemon, $signal );
    finish($asker);
    soon { read_file("$dir/strace-$signal") =~ /EPIPE/ } 'it sent the answer to nobody';
    stop($strace);
    $daemon = snmpd_start();
    soon { served() } "an answer that nobody takes does not end the agent ($signal)";
    is( waitpid( $agent->{pid}, WNOHANG ), 0, 'it is the same process' );
}
for my $signal (qw(TERM KILL)) {
    my $walker = walker();
    stop( $daemon, $signal );
    finish($walker);
    $daemon = snmpd_start();
    soon { defined get($UPTIME) } "snmpd is back after $signal";
    $begun = time;
    soon { served() } "and so is the agent after snmpd's $signal" or diag( log_of($agent) );
    my $took = time - $begun;
    cmp_ok( $took, '<', 20, 'soon enough' );
    note( sprintf 'back after snmpd\'s %s in %.1f s', $signal, $took );
    soon { ( get($DISCONTINUITY) // q{} ) eq '0' } 'sysUpTime began anew, and the counters did not';
    is( waitpid( $agent->{pid}, WNOHANG ), 0, 'it is the same process' );
}
for my $signal (qw(KILL TERM)) {
    my $walker = walker();
    stop( $agent, $signal );
    finish($walker);
    soon { defined get($UPTIME) } "snmpd lives on after the agent's $signal";
    is( waitpid( $daemon->{pid}, WNOHANG ), 0, 'the same process' );
    my $before = wait_for { get($UPTIME) } 60;    # a busy machine may lose an answer
    $agent = agent_start(@big);
    soon { served() && get("$SCALARS.8.0") == 1000 } 'a new agent serves again' or diag( log_of($agent) );
    my ($host) = map { ( split /[.]/ )[-1] } sort keys %{$names};
    my ( $stamp, $now, $again, $first ) = map { my $oid = $_; wait_for { get($oid) } 60 } $DISCONTINUITY, $UPTIME, $DISCONTINUITY, "$HOSTS.20.$host";
    ok( $before <= $stamp && $stamp <= $now, 'its counters began anew at that sysUpTime' ) or diag("$before, $stamp, $now");
    is( $again, $stamp, 'and the TimeStamp stays' );
    cmp_ok( $first, '>=', $stamp, 'those of a host began with its first poll' );
}
is_deeply( ( walk("$HOSTS.3") )[0], $names, 'every host has the index that it had' );

# A master agent that hangs: the agent polls on, and ends when it is told to.
kill 'STOP', $daemon->{pid};
soon { log_of($agent) =~ /[Nn]o response|disconnected|[Tt]imeout|failed/ } 'an agent behind a hung snmpd notices'
  or diag( log_of($agent) );
my $snapshots = () = log_of($agent) =~ /snapshot/g;
soon { ( () = log_of($agent) =~ /snapshot/g ) >= $snapshots + 2 } 'and polls on';
$begun = time;
is( stop($agent)->{status}, 0, 'the end of the agent' );
cmp_ok( time - $begun, '<', 20, 'which does not wait for snmpd' );
note( sprintf 'behind a hung snmpd: ended in %.1f s', time - $begun );
kill 'CONT', $daemon->{pid};

# Under a service manager that wants to be told.
SKIP: {
    skip 'curfew-agent was built without libsystemd', 1 if `ldd @{[ program('curfew-agent') ]}` !~ /libsystemd/;
    my $notify = IO::Socket::UNIX->new( Type => SOCK_DGRAM, Local => "$dir/notify" ) or die "socket: $!";
    chmod 0777, "$dir/notify" or die;
    my @told;
    my $told = sub {
        my ($word) = @_;
        my $ready = q{};
        vec( $ready, fileno $notify, 1 ) = 1;
        while ( select my $now = $ready, undef, undef, 0 ) { $notify->recv( my $text, 1000 ); push @told, $text }
        return grep { $_ eq $word } @told;
    };
    local @quiet{qw(NOTIFY_SOCKET WATCHDOG_USEC)} = ( "$dir/notify", 300_000 );
    $agent = agent_start(@big);
    soon { $told->('READY=1') } 'it says that it is ready';
    soon { $told->('WATCHDOG=1') >= 2 } 'and that its loop goes round';
    stop($agent);
    ok( $told->('STOPPING=1'), 'and that it stops' );
}

# In the background, as an init script starts it.
my $started = run( 'curfew-agent', '--agentx-socket', "unix:$socket", '--base-oid', $BASE, '--state-dir', "$dir/state", @big,
    { env => \%quiet } );
is( $started->{status}, 0, 'without --foreground it returns' );
soon { served() } 'and serves';
my ($background) = map { m{/proc/(\d+)/} } grep {
    my $line = eval { read_file($_) } // q{};
    $line =~ m{/curfew-agent\0} && $line =~ m{\0\Q$dir/state\E\0}
} glob '/proc/[0-9]*/cmdline';
kill 'TERM', $background if $background;
soon { return $background && !-e "/proc/$background" } 'until it is told to end';
stop($daemon);
done_testing();
