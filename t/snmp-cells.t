#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# A whole walk against the JSON of check_sessions, cell by cell: through AgentX, and from the module inside snmpd.
# 10 hosts with 10 sessions each; CURFEW_CELLS=100 (make soak): 100 with 100.
use strict;
use warnings;
use utf8;
use File::Copy qw(copy);
use Test::More;
use Curfew;
use Snmp qw(log_of missing snmp_environment snmpd_new snmpd_start value_of);
use SnmpCells qw(cells host_cells session_cells);

my $BASE = '.1.3.6.1.4.1.32473.7';
my ($HOSTS, $SESSIONS, $COUNT) = ("$BASE.1.2.1", "$BASE.1.3.1", "$BASE.1.1.8.0");
my ($IDLE, $DISCONNECTED, $KEY, $GROWN) = (12, 13, 27, 600);    # columns; s that a time may have grown meanwhile
my $many = $ENV{CURFEW_CELLS} // 10;

my $why    = missing(['/usr/bin/snmpbulkwalk', 'snmp']);
my $module = build_dir() . '/agent/curfew-snmp.so';
plan skip_all => $why if defined $why;

# Each kind of session that there is, in turns; hosts without an answer and without sessions.
my @kinds = (
    "user = jörg%d\ndomain = CORP\nupn = j%d\@corp.example\nclient-name = KIOSK-ÄÖÜ\nclient-address = 192.0.2.5\nlogon = -8h\nconnect = -2h\nlast-input = -45m\nlocked = yes\ncollection = Büro\n",
    "user = 日本%d\nclient-address = 2001:db8::7\nlast-input = -1m\nkind = remote-app\napplication = Excel %d\n",
    "user = dave%d\nstate = disconnected\nlogon = -30h\ndisconnect = -3h\nkind = shell\nstation = RDP-Tcp#%d\n",
    "user = eve%d\nlast-input = unknown\nclient-address = behind-a-gateway\nlocked = unknown\n",
    "user = frank%d\nstate = disconnected\ndisconnect = unknown\n",
    "class = listener\nstate = listen\n",
    "user = grace%d\nclass = console\nlast-input = -3m\n",
    "user = @{[ 'é' x 200 ]}\nlast-input = -10s\n",
);
my $text = "[host gone]\nfault = refused\n[host empty]\n";
for my $host (1 .. $many) {
    $text .= "[host ts$host]\n" . join q{}, map { "[session $_]\n" . $kinds[($host + $_) % @kinds] =~ s/%d/$_/gr } 1 .. $many;
}
my $farm    = farm($text);
my @targets = map { ('-T', "sim:$farm#$_") } "ts[1-$many]", qw(gone empty);
my $dir     = tempdir();

# snmpd runs as nobody, who may not be able to enter the folder that we build in.
my $inside = -f $module && `ldd $module` !~ /lib(?:a|t|ub)san/;
if ($inside) {
    copy($module, "$dir/curfew-snmp.so") or die "$dir: $!";
    chmod 0755, "$dir/curfew-snmp.so" or die "$dir: $!";
}

# What is served, and in which order; a snmpd with these lines, and its agent.
sub walk {
    my ($lines, @more) = @_;
    my $snmpd  = snmpd_new(tempdir(), "maxGetbulkResponses 250\n$lines");
    my $daemon = snmpd_start($snmpd);
    my $agent  = start('curfew-agent', '--foreground', '--agentx-socket', "unix:$snmpd->{socket}", '--base-oid', $BASE, '--state-dir',
        "$snmpd->{dir}/state", '--poll-interval', '1h', @targets, @more, { env => snmp_environment($snmpd), timeout => 3600 });
    my $served = wait_for { value_of($snmpd, $COUNT) } 120;
    ok($served, 'a snapshot is served') or diag(log_of($agent), read_file($snmpd->{log}));
    my $walked = run('/usr/bin/snmpbulkwalk', '-v2c', '-On', '-Ox', '-OU', '-Oe', '-Ot', '-Cr40', '-t5', '-c', 'public',
        "127.0.0.1:$snmpd->{port}", $BASE, { env => snmp_environment($snmpd), timeout => 600 })->{out};
    stop($_) for $agent, $daemon;
    return $walked;
}

sub ascending {
    my ($walked) = @_;
    my ($last, $down) = (q{}, 0);
    for my $oid ($walked =~ /^([.\d]+) = /mg) {
        my $key = pack 'N*', split /[.]/, substr $oid, 1;
        $down++ if $key le $last;
        $last = $key;
    }
    return !$down;
}

# Is it what is expected?  Neither is there: the same, too.
my ($compared, @differ);

sub compare {
    my ($found, $oid, $expected) = @_;
    my $is = delete $found->{$oid};
    $compared++ if defined $is;
    push @differ, $oid if defined $is != defined $expected || defined $is && $is ne $expected;
    return;
}

sub compare_time {
    my ($found, $oid, $milliseconds) = @_;
    my $is = delete $found->{$oid};
    $compared++ if defined $is;
    push @differ, $oid
      if defined $is != defined $milliseconds || defined $is && abs($is - $milliseconds / 1000) > $GROWN;
    return;
}

my $report = json(run('check_sessions', @targets, '--output', 'json', '-t', '120', { timeout => 300 })->{out});

sub compare_all {
    my ($found) = @_;
    my %index = map { m/^\Q$HOSTS\E[.]3[.](\d+)$/ ? ($found->{$_} => $1) : () } keys %{$found};
    my %number = map { m/^\Q$SESSIONS\E[.]2[.](\d+)[.](\d+)$/ ? ("$1 $found->{$_}" => $2) : () } keys %{$found};
    ($compared, @differ) = (0);
    for my $target (@{ $report->{targets} }) {
        my $host = $index{ $target->{label} } // 'none';
        my %host = host_cells($target);
        compare($found, "$HOSTS.$_.$host", $host{$_}) for keys %host;
        for my $session (@{ ($target->{snapshot} // {})->{sessions} // [] }) {
            my $row  = $host . q{.} . ($number{"$host $session->{id}"} // 'none');
            my %cell = session_cells($session);
            compare($found, "$SESSIONS.$_.$row", $cell{$_}) for keys %cell;
            compare_time($found, "$SESSIONS.$IDLE.$row",         $session->{classification}{idle_ms});
            compare_time($found, "$SESSIONS.$DISCONNECTED.$row", $session->{classification}{disconnected_ms});
            my $key = delete $found->{"$SESSIONS.$KEY.$row"};
            push @differ, "$SESSIONS.$KEY.$row" if defined $key != (($session->{birth} // q{}) ne q{});
        }
    }
    return;
}

for my $way (['through AgentX', q{}], ['the module', "dlmod curfew $dir/curfew-snmp.so\ncurfewSnapshot $dir/snapshot\ncurfewBaseOid $BASE\n"]) {
    my ($what, $lines) = @{$way};
  SKIP: {
        skip 'the module was not built, or with sanitizers', 1 if $lines && !$inside;
        my $walked = walk($lines, $lines ? ('--snapshot-file', "$dir/snapshot") : ());
        ok(ascending($walked), "$what: strictly ascending");
        my $found = cells($walked);
        compare_all($found);
        is(scalar @differ, 0, "$what: no cell differs from the JSON") or diag(join "\n", splice @differ, 0, 10);
        my @more = grep { /^\Q$SESSIONS\E[.]/ } keys %{$found};
        is(scalar @more, 0, "$what: and there is no cell more in the sessions") or diag(join "\n", sort splice @more, 0, 10);
        note("$what: $compared cells, @{[ scalar @differ ]} differ");
        cmp_ok($compared, '>=', 15 * $many * $many, "$what: that was the whole of it");
    }
}
done_testing();
