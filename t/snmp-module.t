#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The module inside a real snmpd serves, from the file, what curfew-agent serves by AgentX.
use strict;
use warnings;
use Fcntl qw(S_IMODE);
use File::Copy qw(copy);
use Test::More;
use Curfew;
use Snmp qw(log_of missing snmp_environment snmpd_new snmpd_start tool value_of);

my $BASE     = '.1.3.6.1.4.1.32473.7';
my $SERIAL   = "$BASE.1.1.1.0";
my $AGE      = "$BASE.1.1.3.0";
my $FAILURES = "$BASE.1.1.5.0";
my $COUNT    = "$BASE.1.1.8.0";
my $UPTIME   = '.1.3.6.1.2.1.1.3.0';
my $DISCONTINUITY = "$BASE.1.1.20.0";

my $why    = missing();
my $module = "$ENV{CURFEW_BUILDDIR}/agent/curfew-snmp.so";
plan skip_all => $why                     if defined $why;
plan skip_all => 'the module was not built' if !-f $module;
plan skip_all => 'snmpd has no sanitizers, which the module was built with' if `ldd $module` =~ /lib(?:a|t|ub)san/;

# snmpd runs as nobody, who may not be able to enter the folder that we build in.
my $dir = tempdir();
copy($module, "$dir/curfew-snmp.so") or die "$dir: $!";
chmod 0755, "$dir/curfew-snmp.so" or die "$dir: $!";
my $path  = "$dir/snapshot";
my $snmpd = snmpd_new($dir, "dlmod curfew $dir/curfew-snmp.so\ncurfewSnapshot $path\ncurfewBaseOid $BASE\nmaxGetbulkResponses 250\n");
my $with  = $snmpd->{configuration};
my $plain = write_file("$dir/plain.conf", read_file($with) =~ s/^(?:dlmod|curfew).*\n//mgr);
my $farm  = farm(<<'END');
[hosts ts 1-10]
sessions = 30
[host odd]
[session 1]
user = jörg
domain = CORP
upn = joerg@corp.example
client-address = 2001:db8::7
client-name = KIOSK-ÄÖÜ
logon = -30h
last-input = unknown
locked = yes
[session 4294967295]
user = grace
state = disconnected
disconnect = -3h
[session c1]
user = carol
[host gone]
fault = refused
[host slow]
delay = 1500ms
END

sub soon(&$) {    ## no critic (ProhibitSubroutinePrototypes)
    my ($condition, $name) = @_;
    return ok(wait_for(\&{$condition}, 60), $name);
}

sub agent_start {
    my ($interval, @hosts) = @_;
    return start('curfew-agent', '--foreground', '-v', '--agentx-socket', "unix:$snmpd->{socket}", '--base-oid', $BASE,
        '--state-dir', "$dir/state", '--snapshot-file', $path, '--poll-interval', $interval, (map { ('-T', "sim:$farm#$_") } @hosts),
        { env => snmp_environment($snmpd), timeout => 600 });
}

# All of it but the age of the snapshot and what depends on sysUpTime, by GETBULK and by GETNEXT.
sub walk {
    my ($command) = @_;
    return tool($snmpd, $command, 'public', $BASE)->{out} =~ s/^(?:\Q$AGE\E|\Q$BASE\E[.]1[.](?:1[.]20[.]0|2[.]1[.]20[.]\d+)) = .*\n//mgr;
}

sub module_says { return scalar(() = read_file($snmpd->{log}) =~ /curfew: \Q$path\E: $_[0]/g) }

# One snapshot, served by either.
my $daemon = snmpd_start($snmpd);
soon { defined value_of($snmpd, '.1.3.6.1.2.1.1.3.0') } 'snmpd with the module starts' or diag(read_file($snmpd->{log}));
ok(!defined value_of($snmpd, $SERIAL), 'nothing is served before there is an agent');
my $agent = agent_start('1h', 'ts[1-10]', 'odd', 'gone');
soon { (value_of($snmpd, $COUNT) // 0) == 303 } 'the module takes the snapshot' or diag(read_file($snmpd->{log}), log_of($agent));
is(sprintf('%o', S_IMODE((stat $path)[2])), '640', 'the file is for its owner and its group');
my %inside = map { $_ => walk($_) } qw(snmpbulkwalk snmpwalk);
is($inside{snmpwalk}, $inside{snmpbulkwalk}, 'inside snmpd, GETNEXT walks what GETBULK walks');
cmp_ok(($inside{snmpwalk} =~ tr/\n//), '>', 5000, 'which is thousands of cells');
like(tool($snmpd, 'snmpset', 'private', "$BASE.1.3.1.3.11.1", 's', 'mallory')->{err}, qr/notWritable|noAccess/, 'nothing can be written');
like(tool($snmpd, 'snmpget', 'public', "$BASE.1.3.1.3.1.77")->{out}, qr/No Such Instance/, 'no such row');
stop($daemon);
$snmpd->{configuration} = $plain;
$daemon = snmpd_start($snmpd);
soon { (value_of($snmpd, $COUNT) // 0) == 303 } 'snmpd without the module has it from the subagent' or diag(log_of($agent));
is(walk($_), $inside{$_}, "by AgentX it is the same, cell by cell ($_)") for qw(snmpbulkwalk snmpwalk);
stop($daemon);
$snmpd->{configuration} = $with;
$daemon = snmpd_start($snmpd);
soon { (value_of($snmpd, $COUNT) // 0) == 303 } 'and again from the module';
soon { (value_of($snmpd, $DISCONTINUITY) // q{}) eq '0' } 'this snmpd was started after the agent: sysUpTime began anew';
kill 'HUP', $daemon->{pid};
soon { read_file($snmpd->{log}) =~ /restarted/ } 'snmpd reads its configuration again';
soon { (value_of($snmpd, $COUNT) // 0) == 303 } 'with the module';

# The agent goes: told to, nothing is left; killed, what it left gets old.
stop($agent);
ok(!-e $path, 'an agent that is stopped takes the file away');
soon { !defined value_of($snmpd, $SERIAL) } 'and then nothing is served';
my $before = wait_for { value_of($snmpd, $UPTIME) } 60;
$agent = agent_start('1s', 'ts[1-10]');
soon { (value_of($snmpd, $COUNT) // 0) == 300 } 'a new agent is served';
my ($stamp, $now) = map { my $oid = $_; wait_for { value_of($snmpd, $oid) } 60 } $DISCONTINUITY, $UPTIME;
ok($before <= $stamp && $stamp <= $now, 'its counters began anew at that sysUpTime') or diag("$before, $stamp, $now");
my $serial = value_of($snmpd, $SERIAL);
soon { value_of($snmpd, $SERIAL) >= $serial + 2 } 'and each of its snapshots';
stop($agent, 'KILL');
soon { (value_of($snmpd, $AGE) // 0) >= 3 } 'an agent that was killed leaves a snapshot that gets old';
is(value_of($snmpd, $COUNT), 300, 'with all of its rows');

# Files that are none: the module stays with what it has, and says it once.
my $good = do { local $/ = undef; open my $file, '<:raw', $path or die; <$file> };
my %bad  = (
    'no snapshot'                          => "\0" x 4096,
    'a part of a snapshot'                 => substr($good, 0, length($good) - 8),
    'rows out of order|a table|a column|tables' => substr($good, 0, 40) . join(q{}, map { chr($_ * 37 % 251) } 40 .. length($good) - 1),
    'others than its owner can write to it' => $good,
);
for my $wrong (sort keys %bad) {
    write_file("$path.tmp", q{});
    open my $file, '>:raw', "$path.tmp" or die;
    print {$file} $bad{$wrong};
    close $file or die;
    chmod 0644, "$path.tmp" or die;
    if ($wrong =~ /write/) { chmod 0666, "$path.tmp" or die }
    rename "$path.tmp", $path or die;
    soon { module_says("(?:$wrong)") } "refused: $wrong" or diag(read_file($snmpd->{log}));
    is(value_of($snmpd, $COUNT), 300, 'and the old one is served');
}
is(module_says('no snapshot'), 1, 'each is said once');
unlink $path;
symlink '/etc/passwd', $path or die;
soon { module_says('cannot be opened|no regular file') } 'a link is not followed';

# A poll that fails is seen at once, without a new snapshot.
$agent = agent_start('1s', 'slow');
soon { (value_of($snmpd, $COUNT) // -1) == 0 && (value_of($snmpd, $FAILURES) // -1) == 0 } 'an agent with a slow host, which has no sessions';
soon {    # the polling process may have ended meanwhile: then the next one
    kill 'KILL', read_file("/proc/$agent->{pid}/task/$agent->{pid}/children") =~ /(\d+)/g;
    return (value_of($snmpd, $FAILURES) // 0) > 0;
} 'a poll that failed is counted in the file' or diag(log_of($agent));
stop($agent);
is(stop($daemon)->{status}, 0, 'snmpd ends as it should');
unlike(read_file($snmpd->{log}), qr/Segmentation|AddressSanitizer|curfew: no memory/, 'and nothing went wrong in it');
done_testing();
