#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# What policies say of each session, by SNMP: the same as check_sessions --policy says.
use strict;
use warnings;
use Test::More;
use Curfew;
use Snmp qw(log_of missing snmp_environment snmpd_new snmpd_start value_of);

my $BASE = '1.3.6.1.4.1.32473.7';

my $why = missing();
plan skip_all => $why if defined $why;
plan skip_all => 'curfew-foresee was not built' if !program('curfew-foresee');

my $dir   = tempdir();
my $snmpd = snmpd_new($dir);
my $farm  = farm(<<'END');
[host ts01]
[session 1]
user = alice
state = disconnected
logon = -30h
disconnect = -5m
last-input = -5m
[session 2]
user = admin
last-input = -1m
END
my $conf = write_file( "$dir/curfew.conf", <<"END" );
[defaults]
state-dir = $dir/state
[policy office]
user = alice
disconnected-over = 8h
END

sub soon(&$) {    ## no critic (ProhibitSubroutinePrototypes)
    my ( $condition, $name ) = @_;
    return ok( wait_for( \&{$condition}, 60 ), $name );
}

# Columns 28 to 31 of a session.
sub columns {
    my ($number) = @_;
    return map { scalar value_of( $snmpd, ".$BASE.1.3.1.$_.1.$number" ) } 28 .. 31;
}

sub agent_start {
    my (@arguments) = @_;
    return start( 'curfew-agent', '--foreground', '-v', '--agentx-socket', "unix:$snmpd->{socket}", '--base-oid', $BASE, '--config',
        $conf, '--poll-interval', '1s', '-T', "sim:$farm#ts01", @arguments, { env => snmp_environment($snmpd), timeout => 600 } );
}

my $check = run( 'check_sessions', '--config', $conf, '--policy', 'all', '--output', 'json', '-T', "sim:$farm#ts01" );
my %said  = map { $_->{user} => $_->{policy} } @{ json( $check->{out} )->{targets}[0]{snapshot}{sessions} };
is( $said{alice}{name}, 'office', 'the check knows the policy' ) or diag( $check->{out}, $check->{err} );

my $daemon = snmpd_start($snmpd);
my $agent  = agent_start();
soon { ( value_of( $snmpd, ".$BASE.1.1.1.0" ) // 0 ) > 0 } 'an agent that was not told to ask';
is_deeply( [ columns(1) ], [ (undef) x 4 ], 'says nothing of policies' );
stop($agent);
$agent = agent_start('--show-policies');
soon { defined( ( columns(1) )[0] ) } 'one that was' or diag( log_of($agent) );
my ( $policy, $verdict, $reason, $due ) = columns(1);
is( $policy, 'office', 'shows the policy' );
my %steps = ( leave => 1, warn => 2, disconnect => 3, 'log off' => 4 );
is( $verdict, $steps{ $said{alice}{step} }, 'the verdict' );
is( $reason, $said{alice}{reason}, 'and why' );
is( defined $due, defined $said{alice}{end_at}, 'when, if the check knows it' );
cmp_ok( $due, '<=', 8 * 3600, "due in $due s" ) if defined $due;
is_deeply( [ columns(2) ], [ (undef) x 4 ], 'nothing of whom no policy means' );
stop($agent);
ok( !-e "$dir/state/ledger.sqlite", 'and it has written no ledger' );
$agent = agent_start('--remember');
soon { -e "$dir/state/ledger.sqlite" && run( 'explain_sessions', '--config', $conf, '--user', 'alice' )->{out} =~ /disconnected[ ]from[ ]here/x }
'unless it is told to: then the history has the sessions' or diag( log_of($agent) );
stop($agent);
stop($daemon);
done_testing();
