#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# hrSystemNumUsers behind a real snmpd: Curfew's count in place of utmp's, and snmpd's own again when the agent has gone.
use strict;
use warnings;
use Test::More;
use Curfew;
use Snmp qw(log_of missing snmp_environment snmpd_new snmpd_start tool value_of);

my $USERS = '.1.3.6.1.2.1.25.1.5.0';
my $BASE  = '1.3.6.1.4.1.32473.7';

my $why = missing();
plan skip_all => $why if defined $why;

my $dir   = tempdir();
my $snmpd = snmpd_new($dir);
my $farm;    # made when snmpd's own number is known

sub agent_start {
    my (@arguments) = @_;
    return start('curfew-agent', '--foreground', '-v', '--agentx-socket', "unix:$snmpd->{socket}", '--base-oid', $BASE,
        '--state-dir', "$dir/state", '--poll-interval', '1s', '-T', "sim:$farm#here", '-T', "sim:$farm#there", '-T', "sim:$farm#down",
        @arguments, { env => snmp_environment($snmpd), timeout => 600 });
}

sub soon(&$) {    ## no critic (ProhibitSubroutinePrototypes)
    my ($condition, $name) = @_;
    return ok(wait_for(\&{$condition}, 60), $name);
}

my $daemon = snmpd_start($snmpd);
soon { defined value_of($snmpd, $USERS) } 'snmpd has its own hrSystemNumUsers';
my $own = value_of($snmpd, $USERS);
my $ours = $own + 3;
$farm = farm(<<"END" . join q{}, map { "[session $_]\nuser = user$_\n" } 2 .. $ours);
[host there]
[session 1]
user = dave
[host down]
fault = refused
[host here]
[session 0]
class = services
[session 1]
user = carol
state = disconnected
END

my $agent = agent_start();
soon { (value_of($snmpd, ".$BASE.1.1.1.0") // 0) > 0 } 'an agent without the option serves' or diag(log_of($agent));
is(value_of($snmpd, $USERS), $own, 'and leaves hrSystemNumUsers alone');
stop($agent);

$agent = agent_start('--host-resources', "sim:$farm#here");
soon { (value_of($snmpd, $USERS) // -1) == $ours } 'with it: the sessions that count, of that target only'
  or diag(log_of($agent));
like(tool($snmpd, 'snmpgetnext', 'public', '.1.3.6.1.2.1.25.1.5')->{out}, qr/^\Q$USERS\E = Gauge32: $ours$/m, 'a walk finds it');
like(tool($snmpd, 'snmpgetnext', 'public', $USERS)->{out}, qr/^[.]1[.]3[.]6[.]1[.]2[.]1[.]25[.]1[.]6[.]0 = /m,
    'and goes on behind it');
like(tool($snmpd, 'snmpset', 'private', $USERS, 'u', '7')->{err}, qr/notWritable|noAccess/, 'it cannot be written');
stop($daemon);
$daemon = snmpd_start($snmpd);
soon { (value_of($snmpd, $USERS) // -1) == $ours } 'after a restart of snmpd, too';
stop($agent);
soon { (value_of($snmpd, $USERS) // -1) == $own } 'snmpd falls back to its own when the agent ends';

$agent = agent_start('--host-resources', "sim:$farm#down");
soon { (value_of($snmpd, ".$BASE.1.1.1.0") // 0) > 0 } 'an agent whose machine does not answer';
ok(!defined value_of($snmpd, $USERS), 'has no number rather than a wrong one');
stop($agent);

my $wrong = run('curfew-agent', '--foreground', '-T', "sim:$farm#here", '--host-resources', 'local:', '--state-dir', "$dir/state");
is($wrong->{status}, 3, 'a target that is not polled is refused');
like($wrong->{err}, qr/--host-resources: local: is none of the targets/, 'and said');
stop($daemon);
done_testing();
