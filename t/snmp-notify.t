#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# curfew-agent's notifications: through a real snmpd to a real snmptrapd, as traps and as informs, by SNMPv2c and by
# SNMPv3 with authentication and privacy.
use strict;
use warnings;
use utf8;
use Test::More;
use Curfew;
use Daemon qw(free_port);
use Snmp qw(log_of missing snmp_environment snmpd_new snmpd_start value_of);

my $BASE  = '1.3.6.1.4.1.32473.7';
my $TRAPD = '/usr/sbin/snmptrapd';
my ( $NUMBER, $SENT, $SUPPRESSED, $WAITING ) = map { ".$BASE.1.4.$_.0" } 1 .. 4;

my $why = missing( [ $TRAPD, 'snmptrapd' ] );
plan skip_all => $why if defined $why;

my %kinds = ( over => 1, back => 2, overdue => 3, unreachable => 4, answers => 5, warned => 6, disconnected => 7, loggedoff => 8,
    refused => 9, failed => 10, limit => 11 );
my $dir  = tempdir();
my $port = free_port();

# One snmptrapd for all four kinds; a fixed engine id, as traps by SNMPv3 need it.
my $engine = '0x80001f8880aabbccdd11223344';
my $user   = '-v3 -u noc -a SHA -A maplesyrup1 -x AES -X maplesyrup2 -l authPriv';
my $snmpd  = snmpd_new( $dir, <<"END" );
trap2sink 127.0.0.1:$port traps
informsink 127.0.0.1:$port informs
trapsess $user -e $engine 127.0.0.1:$port
trapsess -Ci $user 127.0.0.1:$port
END
my $trapd_conf = write_file( "$dir/snmptrapd.conf", <<"END" );
authCommunity log traps
authCommunity log informs
createUser -e $engine noc SHA maplesyrup1 AES maplesyrup2
createUser noc SHA maplesyrup1 AES maplesyrup2
authUser log noc priv
disableAuthorization no
format2 BEGIN %P|%v END\\n
END

sub soon(&$) {    ## no critic (ProhibitSubroutinePrototypes)
    my ( $condition, $name ) = @_;
    return ok( wait_for( \&{$condition}, 60 ), $name );
}

# Each notification that came: how, which, and its variables by what stands behind the base.
sub received {
    my ( @all, %seen );
    for my $one ( read_file("$dir/traps.log") =~ /BEGIN (.*?) END/gs ) {
        next if $seen{$one}++;    # an inform that was answered late comes again
        my ( $how, $what ) = $one =~ /^(.*?)\|(.*)$/s or next;
        my ($kind) = $what =~ /[.]1[.]3[.]6[.]1[.]6[.]3[.]1[.]1[.]4[.]1[.]0 = OID: [.]\Q$BASE\E[.]0[.](\d+)/ or next;
        my %variables;
        while ( $what =~ /[.]\Q$BASE\E[.]1[.]([\d.]+) = (?:([\w-]+): )?("[^"]*"|[^\t]*)/g ) {
            my ( $id, $value ) = ( $1, $3 );
            $variables{$id} = $value =~ s/^"(.*)"$/$1/sr =~ s/\s+$//r;
        }
        push @all, { how => $how, kind => $kind, variables => \%variables };
    }
    return @all;
}

# All that came of a kind and tells of this user, or host.
sub of {
    my ( $kind, $whom ) = @_;
    return grep {
        my $one = $_;
        $one->{kind} == $kinds{$kind} && ( !defined $whom || grep { $_ eq $whom } values %{ $one->{variables} } )
    } received();
}

my $farm = "$dir/farm.sim";

# What the hosts are now.
sub hosts {
    my (%is) = @_;
    my $text = "[host ts01]\n[session 1]\nuser = alice\nlast-input = $is{alice}\n[session 2]\nuser = bob\nlast-input = -1m\n";
    $text .= "[session 3]\nuser = carol\nstate = disconnected\nlogon = -30h\ndisconnect = -13h\n" if $is{carol};
    $text .= "[host ts02]\n" . ( $is{down} ? "fault = refused\n" : "[session 1]\nuser = dave\n" );
    rename write_file( "$farm.new", $text ), $farm or die "rename: $!";
    return;
}

sub agent_start {
    my (@arguments) = @_;
    return start( 'curfew-agent', '--foreground', '-v', '--agentx-socket', "unix:$snmpd->{socket}", '--base-oid', $BASE,
        '--state-dir', "$dir/state", '--poll-interval', '1s', '-T', "sim:$farm#ts01", '-T', "sim:$farm#ts02",
        @arguments, { env => snmp_environment($snmpd), timeout => 600 } );
}

hosts( alice => '-1m', carol => 1 );
my $trapd = start( $TRAPD, '-f', '-Lf', "$dir/traps.log", '-On', '-Oe', '-Ot', '-C', '-c', $trapd_conf, '-p', "$dir/trapd.pid",
    "udp:127.0.0.1:$port", { env => snmp_environment($snmpd), timeout => 600 } );
soon { -e "$dir/traps.log" && read_file("$dir/traps.log") =~ /NET-SNMP version/ } 'snmptrapd runs';
my $daemon = snmpd_start($snmpd);
my $audit  = "$dir/audit/audit.jsonl";
my $agent  = agent_start( qw(--notify-idle 30m --notify-disconnected 12h --notify-overdue 30m --notify-hosts --notify-audit), $audit );

# Over the limit; the same notification four times: each way.
soon { of( over => 'carol' ) == 4 } 'carol is over her limit: traps and informs, by v2c and by v3'
  or diag( log_of($agent), read_file("$dir/traps.log"), read_file( $snmpd->{log} ) );
my @carol = of( over => 'carol' );
is( ( grep { $_->{how} =~ /^TRAP2.*community traps/ } @carol ),   1, 'a trap' );
is( ( grep { $_->{how} =~ /^INFORM.*community informs/ } @carol ), 1, 'an inform' );
is( ( grep { $_->{how} =~ /^TRAP2.*user noc.*/ } @carol ),         1, 'a trap by SNMPv3' );
is( ( grep { $_->{how} =~ /^INFORM.*user noc/ } @carol ),          1, 'an inform by SNMPv3' );
my %said = %{ $carol[0]{variables} };
my ($row) = map { /^3[.]1[.]3[.](\d+[.]\d+)$/ ? $1 : () } keys %said;
is( $said{"3.1.$_.$row"}, value_of( $snmpd, ".$BASE.1.3.1.$_.$row" ), "its column $_ is what a GET says" ) for 2, 3, 11;
is( $said{"2.1.2.@{[ $row =~ /^(\d+)/ ]}"}, 'ts01', 'its host' );
cmp_ok( $said{"3.1.13.$row"}, '>=', 13 * 3600, 'for how long' );
soon { of( overdue => 'carol' ) == 4 } 'and overdue, as nobody ends her session';
is( of('over'), 4, 'nobody else is' );

hosts( alice => '-31m', carol => 1, down => 1 );
soon { of( over => 'alice' ) && of( unreachable => 'ts02' ) } 'alice is idle, and a host does not answer';
like( join( q{ }, values %{ ( of( unreachable => 'ts02' ) )[0]{variables} } ), qr/refused/i, 'which says why' );
hosts( alice => '-2s' );
soon { of( back => 'alice' ) && of( back => 'carol' ) && of( answers => 'ts02' ) } 'alice is back, carol has gone, the host answers';
is( ( map { $_->{variables}{"3.1.11.$row"} // () } of( back => 'carol' ) )[0], 1, 'of a row that has gone: it counts as nothing' );

# Acts, by the handlers of another account's folder; what stood in the audit before is not told.
is( of('warned'), 0, 'no act so far' );
my @handler = ( '-T', "sim:$farm#ts01", '--state-dir', "$dir/audit", '--execute' );
is( run( 'message_sessions', @handler, '--id', '2', '--text', 'Hello' )->{status}, 0, 'bob gets a message' );
soon { of( warned => 'bob' ) } 'which is told' or diag( log_of($agent) );
is( run( 'disconnect_sessions', @handler, '--id', '2' )->{status}, 0, 'bob is disconnected' );
soon { of( disconnected => 'bob' ) } 'which is told' or diag( read_file($audit) );
my %act = %{ ( of( disconnected => 'bob' ) )[0]{variables} };
is_deeply( [ @act{qw(5.2.0 5.3.0 5.4.0 5.5.0 5.6.0 5.8.0 5.9.0)} ], [ qw(ts01 2 bob 3 done disconnect_sessions 1) ], 'with what it was' );
is( value_of( $snmpd, ".$BASE.1.8.1.$_->[0].1.2" ), $_->[1], "bob's last act: $_->[1]" ) for [ 1 => 3 ], [ 2 => 'done' ];
is( value_of( $snmpd, ".$BASE.1.9.1.1.1" ), 2, 'two acts on his host' );
is( value_of( $snmpd, ".$BASE.1.9.1.1.2" ), 0, 'none on the other one' );
rename $audit, "$audit.1" or die;
is( run( 'logoff_sessions', @handler, '--id', '2' )->{status}, 0, 'the audit is rotated, and bob is logged off' );
soon { of( loggedoff => 'bob' ) } 'which is told';
run( 'disconnect_sessions', @handler, '--all', '--max-acts', '1' );
soon { of('limit') } 'a limit that stopped a run';
write_file( "$dir/line", qq({"time":"2026-11-22T01:02:03.000Z","event":"refused","run":"r","program":"p","uid":1,"pid":1,)
      . qq("action":"log off","reason":"changed","session":{"host":"ts01","id":"7","user":"erin"}}\n) );
for my $times ( 1, 2 ) {
    open my $to, '>>', $audit or die;
    print {$to} read_file("$dir/line"), "not JSON\n" or die;
    close $to or die;
}
soon { of( refused => 'erin' ) } 'a refusal';

soon { ( value_of( $snmpd, ".$BASE.1.9.1.2.1" ) // 0 ) == 2 } 'two refusals on that host';
ok( !defined value_of( $snmpd, ".$BASE.1.8.1.1.1.2" ), 'no last act of a session that has gone' );
# Numbers without a gap: none was lost, none suppressed.
my %numbers = map { $_->{variables}{'4.1.0'} => 1 } received();
is_deeply( [ sort { $a <=> $b } keys %numbers ], [ 1 .. keys %numbers ], 'the numbers have no gap' );
is( value_of( $snmpd, $NUMBER ), scalar keys %numbers, 'the last one is the object\'s' );
is( value_of( $snmpd, $SENT ),   scalar keys %numbers, 'all were sent' );
is( value_of( $snmpd, $SUPPRESSED ), 0, 'none was suppressed' );

# snmpd is away: what happens meanwhile is told when it is back.
stop($daemon);
hosts( alice => '-45m' );
my $polls = () = log_of($agent) =~ /snapshot/g;
soon { ( () = log_of($agent) =~ /snapshot/g ) >= $polls + 3 } 'polls go on without snmpd';
my $before = of( over => 'alice' );
$daemon = snmpd_start($snmpd);
soon { of( over => 'alice' ) > $before } 'a notification of that time comes when snmpd is back' or diag( log_of($agent) );
stop($agent);

# Too many: the rest is counted, and comes when there is room.
rename write_file( "$farm.new", "[host ts01]\n" . join( q{}, map { "[session $_]\nuser = u$_\nlast-input = -2h\n" } 1 .. 40 ) . "[host ts02]\n" ),
  $farm or die;
$agent = agent_start(qw(--notify-idle 30m --notify-rate 30));
soon { ( value_of( $snmpd, $SUPPRESSED ) // 0 ) == 10 } 'of 40 at once, 30 a minute are sent and 10 counted'
  or diag( value_of( $snmpd, $SUPPRESSED ), log_of($agent) );
soon { ( value_of( $snmpd, $SENT ) // 0 ) >= 32 } 'those are not forgotten';
is( value_of( $snmpd, $SUPPRESSED ), 10, 'and not counted again' );
note( ( grep { /user noc/ } read_file("$dir/traps.log") =~ /BEGIN (.*?) END/gs )[0] );
stop($agent);
stop($daemon);
stop($trapd);
done_testing();
