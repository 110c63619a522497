#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Orders by SNMP SET through a real snmpd: refused with the right error, done by the handlers' rules, their results read
# and notified.
use strict;
use warnings;
use utf8;
use POSIX qw(strftime);
use Test::More;
use Curfew;
use Daemon qw(free_port);
use Snmp qw(log_of missing patience snmp_environment snmpd_new snmpd_start tool value_of);

my $BASE  = '1.3.6.1.4.1.32473.7';
my $TRAPD = '/usr/sbin/snmptrapd';
my ( $HOSTS, $SESSIONS, $ORDERS, $LOG ) = map { ".$BASE.1.$_.1" } 2, 3, 6, 7;
my ( $KEY, $ACT, $TEXT ) = map { "$ORDERS.$_" } 1 .. 3;
my %act    = ( message => 2, disconnect => 3, logoff => 4 );
my %result = ( waiting => 1, running => 2, done => 3, ordered => 4, gone => 5, planned => 6, refused => 7, failed => 8 );

my $why = missing( [ $TRAPD, 'snmptrapd' ], [ '/usr/bin/snmpset', 'snmp' ] );
plan skip_all => $why if defined $why;

my $dir       = tempdir();
my $trap_port = free_port();
my $snmpd     = snmpd_new( $dir, <<"END" );
trap2sink 127.0.0.1:$trap_port traps
createUser noc SHA maplesyrup1 AES maplesyrup2
view orders included .$BASE.1.6
rwuser noc priv -V orders
rwcommunity blind 127.0.0.1 .1.3.6.1.2.1
END
my $trapd_conf = write_file( "$dir/snmptrapd.conf", "disableAuthorization yes\nformat2 BEGIN %v END\\n\n" );

sub soon(&$) {    ## no critic (ProhibitSubroutinePrototypes)
    my ( $condition, $name ) = @_;
    return ok( wait_for( \&{$condition}, 60 ), $name );
}

my $farm = "$dir/farm.sim";

sub farm_is {
    my ($text) = @_;
    rename write_file( "$farm.new", $text ), $farm or die "rename: $!";
    return;
}

my $plain = "[host ts01]\n" . join q{},
  map { "[session $_->[0]]\nuser = $_->[1]\nlogon = -9h\nlast-input = -8h\n" } [ 1, 'alice' ], [ 2, 'bob' ], [ 3, 'carol' ], [ 4, 'dave' ];
farm_is($plain);

# The agent runs with these sections; LINES go into that of the log offs.
sub configuration {
    my (%lines) = @_;
    return write_file( "$dir/curfew.conf", <<"END" );
[defaults]
state-dir = $dir/state
timeout = 60s
target-timeout = 30s
[section tell]
act = message
execute = yes
[section try]
act = disconnect
[section off]
act = logoff
execute = yes
max-percent = 100
@{[ $lines{off} // q{} ]}
[section both]
act = message, logoff
END
}

sub agent_start {
    my (@arguments) = @_;
    return start( 'curfew-agent', '--foreground', '-v', '--agentx-socket', "unix:$snmpd->{socket}", '--base-oid', $BASE,
        '--config', "$dir/curfew.conf", '-T', "sim:$farm#ts01", @arguments, { env => snmp_environment($snmpd), timeout => 600 } );
}

sub served { return ( value_of( $snmpd, ".$BASE.1.1.1.0" ) // 0 ) > 0 }

sub set {
    my ( $community, @variables ) = @_;
    return tool( $snmpd, 'snmpset', $community, @variables );
}

# The error that an order gets: OIDs, types and values.
sub refused {
    my (@variables) = @_;
    my ($reason) = set( 'private', @variables )->{err} =~ /^Reason: (\w+)/m;
    return $reason // 'none';
}

my $host;

sub row_of {
    my ($number) = @_;
    return "$host.$number";
}

sub key_of {
    my ($number) = @_;
    return value_of( $snmpd, "$SESSIONS.27." . row_of($number) );
}

# An order as it should be.
sub order {
    my ( $number, $act, @text ) = @_;
    my $row = row_of($number);
    return ( "$KEY.$row", 's', key_of($number), "$ACT.$row", 'i', $act{$act}, map { ( "$TEXT.$row", 's', $_ ) } @text );
}

sub log_of_order {
    my ($number) = @_;
    return map { value_of( $snmpd, "$LOG.$_.$number" ) } 3 .. 8;
}

sub ended {
    my ($number) = @_;
    return ( value_of( $snmpd, "$LOG.7.$number" ) // 0 ) > $result{running};
}

my $trapd = start( $TRAPD, '-f', '-Lf', "$dir/traps.log", '-On', '-Oe', '-C', '-c', $trapd_conf, '-p', "$dir/trapd.pid",
    "udp:127.0.0.1:$trap_port", { env => snmp_environment($snmpd), timeout => 600 } );
my $daemon = snmpd_start($snmpd);
configuration();

# Off by default.
my $agent = agent_start(qw(--poll-interval 1s));
soon { served() } 'an agent without --orders serves' or diag( log_of($agent) );
($host) = map { /[.](\d+)$/ } split /\n/, tool( $snmpd, 'snmpwalk', 'public', "$HOSTS.3" )->{out} =~ s/ = .*//gr;
like( key_of(1), qr/^[0-9a-f]{16}-[0-9a-f]+$/, 'a session has its key' );
is( refused( order( 1, 'logoff' ) ), 'notWritable', 'and nothing can be ordered' );
stop($agent);
my $wrong = run( 'curfew-agent', '--foreground', '--config', "$dir/curfew.conf", '-T', "sim:$farm#ts01", '--orders', 'both' );
is( $wrong->{status}, 3, 'a section for two acts is refused' );
like( $wrong->{err}, qr/curfew[.]conf:\d+: .*section both/, 'and said where' );

# What is refused, and with what.
$agent = agent_start('--poll-interval', '1s', '--orders', 'tell,try,off');
soon { served() } 'an agent that takes orders' or diag( log_of($agent) );
my ( $one, $two, $none ) = ( row_of(1), row_of(2), row_of(99) );
my $key = key_of(1);
like( set( 'public', order( 1, 'logoff' ) )->{err}, qr/noAccess/, 'who may only read: noAccess' );
like( set( 'blind',  order( 1, 'logoff' ) )->{err}, qr/noAccess/, 'who may write elsewhere: noAccess' );
is( refused( "$KEY.$one", 's', $key, "$ACT.$one", 'i', 9 ), 'wrongValue', 'no act: wrongValue' );
is( refused( "$KEY.$one", 's', $key, "$ACT.$one", 'i', 1 ), 'wrongValue', 'none: wrongValue' );
is( refused( "$KEY.$one", 's', $key, "$ACT.$one", 's', 'logoff' ), 'wrongType', 'an act as text: wrongType' );
is( refused( "$KEY.$one", 'i', 7, "$ACT.$one", 'i', 4 ), 'wrongType', 'a key as number: wrongType' );
is( refused( "$KEY.$one", 's', 'x' x 40, "$ACT.$one", 'i', 4 ), 'wrongLength', 'too long a key: wrongLength' );
is( refused( "$KEY.$none", 's', $key, "$ACT.$none", 'i', 4 ), 'noCreation', 'no such session: noCreation' );
is( refused( "$ACT.$one", 'i', 4 ), 'inconsistentValue', 'an act without a key: inconsistentValue' );
is( refused( "$KEY.$one", 's', $key ), 'inconsistentValue', 'a key without an act' );
is( refused( "$KEY.$one", 's', key_of(2), "$ACT.$one", 'i', 4 ), 'inconsistentValue', 'the key of another session' );
is( refused( order( 1, 'message' ) ), 'inconsistentValue', 'a message without a text' );
is( refused( order( 1, 'logoff', 'Bye' ) ), 'inconsistentValue', 'a text without a message' );
is( refused( order( 1, 'message', "two\nlines" ) ), 'wrongValue', 'a text with a control character' );
is( refused( "$ORDERS.4.$one", 'u', 4 ), 'notWritable', 'a column that is read-only' );
is( refused( order( 1, 'logoff' ), "$KEY.$two", 's', $key, "$ACT.$two", 'i', 4 ), 'inconsistentValue', 'one bad row of two' );
is( tool( $snmpd, 'snmpwalk', 'public', ".$BASE.1.7" )->{out} =~ tr/\n//, 1, 'leaves both untouched: there is no order' );
unlike( read_file($farm), qr/end/, 'and nothing was done' );

# Dry run: the section does not say execute.
is( set( 'private', order( 2, 'disconnect' ) )->{status}, 0, 'a disconnect is taken' );
soon { ended(1) } 'and ends' or diag( log_of($agent) );
is_deeply( [ log_of_order(1) ], [ 'ts01', 2, 'bob', 3, $result{planned}, q{} ], 'it was a dry run' );
is( value_of( $snmpd, "$ORDERS.4.$two" ), 1, 'the session says which order was its last' );

# By SNMPv3 with authentication and privacy, for a user whose view has the orders only.
my @as_noc = (qw(-v3 -u noc -a SHA -A maplesyrup1 -x AES -X maplesyrup2 -l authPriv), patience('snmpset'));
my $done   = run( '/usr/bin/snmpset', @as_noc, '-On', "127.0.0.1:$snmpd->{port}", order( 1, 'logoff' ),
    { env => snmp_environment($snmpd), timeout => 60 } );
is( $done->{status}, 0, 'a log off is taken, by SNMPv3' ) or diag( $done->{err} );
soon { ended(2) } 'and ends' or diag( log_of($agent) );
is_deeply( [ ( log_of_order(2) )[ 0 .. 4 ] ], [ 'ts01', 1, 'alice', 4, $result{done} ], 'it was done' ) or diag( log_of($agent) );
soon { !defined value_of( $snmpd, "$SESSIONS.3.$one" ) } 'the session has gone';
ok( !defined value_of( $snmpd, "$ORDERS.2.$one" ), 'its row of orders too' );
my @audit = map { json($_) } split /\n/, read_file("$dir/state/audit.jsonl");
is_deeply( [ map { "$_->{event} $_->{program}" } grep { ( $_->{session}{user} // q{} ) eq 'alice' } @audit ],
    [ 'intent logoff_sessions', 'result logoff_sessions' ], 'the audit has it' );
soon { read_file("$dir/traps.log") =~ /\Q.$BASE.0.12\E.*?\Q.$BASE.1.5.4.0\E = STRING: "alice".*?"done"/s } 'and a notification ends it';
is( set( 'private', order( 3, 'message', 'Wir fahren gleich herunter: Grüße' ) )->{status}, 0, 'a message' );
soon { ended(3) } 'which ends';
is( ( log_of_order(3) )[4], $result{done}, 'done' );
stop($agent);

# The same sessions, with the same times, when it is written again.
my $fixed = strftime( "[farm]\nstart = %Y-%m-%dT%H:%M:%SZ\n", gmtime ) . $plain;

# The session is another one's state by now, and the agent has not seen it yet.
farm_is($fixed);
$agent = agent_start(qw(--poll-interval 1h --orders off));
soon { served() } 'an agent whose snapshot is old';
my @order = order( 3, 'logoff' );
farm_is( $fixed =~ s/(user = carol\nlogon = -9h\nlast-input = )-8h/$1-10s/r );
is( set( 'private', @order )->{status}, 0, 'an order about somebody who has come back since' );
soon { ended(1) } 'ends';
is( ( log_of_order(1) )[4], $result{refused}, 'refused' );
like( ( log_of_order(1) )[5], qr/has changed/, 'because of that' );
stop($agent);
$agent = agent_start(qw(--poll-interval 1s --orders off));
soon { served() } 'an agent that has seen it';
is( refused(@order), 'inconsistentValue', 'does not take the old key' );
stop($agent);

# Limits are those of the section; while an order runs, SNMP is answered.
configuration( off => 'max-acts = 1' );
farm_is($fixed);
$agent = agent_start(qw(--poll-interval 1h --orders off));
soon { served() } 'an agent with a limit';
my @again = order( 2, 'logoff' );
my @both  = ( @again, order( 4, 'logoff' ) );
farm_is( $fixed =~ s/\[host ts01\]\n/[host ts01]\ndelay = 3s\n/r );    # so long they run
is( set( 'private', @both )->{status}, 0, 'two orders in one PDU' );
is( refused(@again), 'inconsistentValue', 'another one for the same session, meanwhile' );
ok( !ended(2), 'which is answered while they run' );
soon { ended(2) } 'end';
my @ends = map { ( log_of_order($_) )[4] } 1, 2;
is_deeply( [ sort @ends ], [ $result{failed}, $result{failed} ], 'both stopped, as alice was the one of this hour' ) or diag( log_of($agent) );
like( ( log_of_order(1) )[5], qr/limit|max-acts|more than/i, 'which is said' );
stop($agent);
stop($daemon);
stop($trapd);
done_testing();
