#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# snmpd and curfew-agent are restarted under three walkers, by TERM and by KILL in turns: the other one lives, serves
# again, and its memory stays as it was.  CURFEW_RESTARTS=50 (make soak) also asks how soon.
use strict;
use warnings;
use List::Util qw(max);
use POSIX qw(WNOHANG);
use Test::More;
use Time::HiRes qw(time);
use Curfew;
use Snmp qw(log_of missing snmp_environment snmpd_new snmpd_start value_of);

my $BASE   = '.1.3.6.1.4.1.32473.7';
my $SERIAL = "$BASE.1.1.1.0";
my $UPTIME = '.1.3.6.1.2.1.1.3.0';
my ($FEW, $PING, $GROWTH) = (5, 2, 2048);    # s; KiB
my $restarts = $ENV{CURFEW_RESTARTS} // $FEW;

my $why = missing(['/usr/bin/snmpbulkwalk', 'snmp']);
plan skip_all => $why if defined $why;

my $dir   = tempdir();
my $snmpd = snmpd_new($dir, "agentXTimeout 1\nagentXRetries 1\n");
my $farm  = farm("[hosts ts 1-10]\nsessions = 100\n");

sub agent_start {
    return start('curfew-agent', '--foreground', '--agentx-socket', "unix:$snmpd->{socket}", '--base-oid', $BASE, '--state-dir',
        "$dir/state", '--poll-interval', '1s', '-T', "sim:$farm#ts[1-10]", { env => snmp_environment($snmpd), timeout => 3600 });
}

sub served { return (value_of($snmpd, $SERIAL) // 0) =~ /^[1-9]/ }

sub memory { my ($process) = @_; return (read_file("/proc/$process->{pid}/status") =~ /^VmRSS:\s+(\d+)/m)[0] }

sub lives { my ($process) = @_; return waitpid($process->{pid}, WNOHANG) == 0 }

# Walks until the file is gone.
sub walker {
    return start('/bin/sh', '-c',
        "while test -e $dir/walk; do snmpbulkwalk -v2c -On -Cr30 -t1 -r0 -c public 127.0.0.1:$snmpd->{port} $BASE.1.3; done >/dev/null 2>&1",
        { env => snmp_environment($snmpd), timeout => 3600 });
}

my ($daemon, $agent) = (snmpd_start($snmpd), agent_start());
my $serves = wait_for { served() } 60;
ok($serves, 'curfew-agent serves') or diag(log_of($agent));
write_file("$dir/walk", q{});
my @walkers = map { walker() } 1 .. 3;

# (seconds until served again) for each restart of what is started so, while the other one is looked at.
sub restart {
    my ($what, $which, $begin, $other) = @_;
    my @took;
    for my $number (1 .. $restarts) {
        my $signal = $number % 2 ? 'TERM' : 'KILL';
        stop(${$which}, $signal);
        ${$which} = $begin->();
        wait_for { defined value_of($snmpd, $UPTIME) } 60;
        my $begun = time;
        my $again = wait_for { served() } 60;
        if (!$again) { fail("served again after ${what}'s $signal, number $number"); last }
        push @took, time - $begun;
        if (!lives(${$other})) { fail("the other one lives on after ${what}'s $signal, number $number"); last }
    }
    is(scalar @took, $restarts, "$what was ended $restarts times, and each time all was served again by the same process");
    note(sprintf '%s: served again after at most %.1f s', $what, max(@took, 0));
    return max(@took, 0);
}

# The first of them make caches and the like.
restart('snmpd', \$daemon, sub { snmpd_start($snmpd) }, \$agent) if $restarts > $FEW;
my $before = memory($agent);
my $longest = restart('snmpd', \$daemon, sub { snmpd_start($snmpd) }, \$agent);
cmp_ok(memory($agent), '<=', $before + $GROWTH, 'the memory of curfew-agent stays') or diag("$before KiB before");
note("curfew-agent: $before KiB before, @{[memory($agent)]} KiB afterwards");
$before = memory($daemon);
my $agents = restart('curfew-agent', \$agent, \&agent_start, \$daemon);
cmp_ok(memory($daemon), '<=', $before + $GROWTH, 'the memory of snmpd stays') or diag("$before KiB before");
note("snmpd: $before KiB before, @{[memory($daemon)]} KiB afterwards");
cmp_ok($longest, '<=', 2 * $PING, 'within two ping intervals') if $restarts > $FEW;
unlink "$dir/walk";
finish($_) for @walkers;
is(stop($agent)->{status}, 0, 'curfew-agent ends as it should');
stop($daemon);
done_testing();
