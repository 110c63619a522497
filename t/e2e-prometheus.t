#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# contrib/snmp/prometheus for real: Debian's generator, exporter, promtool and Prometheus, over a real snmpd and
# curfew-agent, by SNMPv3 with authPriv.  Every expression of rules.yml and grafana.json is asked of that Prometheus.
use strict;
use warnings;
use utf8;

use Test::More;

use Curfew;
use Daemon qw(free_port missing need);
use Snmpd;

need(missing(%Snmpd::needs, '/usr/bin/prometheus-snmp-exporter' => 'prometheus-snmp-exporter', prometheus => 'prometheus',
    '/usr/bin/prometheus-snmp-generator' => 'prometheus-snmp-exporter', promtool => 'prometheus', curl => 'curl'));
my ($ietf) = glob '/usr/lib/erlang/lib/snmp-*/mibs';
need($ietf ? q{} : 'needs Debian\'s erlang-snmp');
need(program('curfew-agent') ? q{} : 'curfew-agent was not built');
need(program('provider-sim') ? q{} : 'sim was not built');

# A test that holds as soon as its condition does.
sub soon(&$) {    ## no critic (ProhibitSubroutinePrototypes)
    my ($condition, $name) = @_;
    return ok(wait_for(\&{$condition}, 60), $name);
}

my $dir     = tempdir();
my $shipped = source_dir() . '/contrib/snmp/prometheus';
my $made    = build_dir() . '/contrib/snmp/prometheus';
my $modern  = system('prometheus-snmp-exporter --version 2>&1 | grep -q "version 0[.]2[0-2]"') != 0;
my $modules = $modern ? 'snmp.yml' : 'snmp-0.21.yml';
my ($base)  = read_file("$made/snmp.yml") =~ /oid: (\S+)[.]1[.]1[.]1$/m;

# The modules alone, without the texts of the MIB and what is said about accounts.
sub modules_of {
    my ($text) = @_;
    $text =~ s/\A.*^modules:\n//ms and $text =~ s/^[ ]{2}//mg;
    $text =~ s/^#.*\n//mg;
    $text =~ s/^[ ]{4}help: .*\n(?:[ ]{6}\S.*\n)*//mg;
    $text =~ s/^[ ]{2}(?:version|auth):.*\n(?:[ ]{4}\S.*\n)*//mg;
    return $text;
}

subtest 'the generator makes the shipped modules' => sub {
    write_file("$dir/generator.yml", read_file("$shipped/generator.yml"));
    write_file("$dir/CURFEW-MIB.txt", read_file(build_dir() . '/mibs/CURFEW-MIB.txt'));
    write_file("$dir/$_.txt", read_file("$ietf/$_.mib"))    # and not all of the folder: one module there has an error
        for qw(SNMPv2-SMI SNMPv2-TC SNMPv2-CONF SNMP-FRAMEWORK-MIB INET-ADDRESS-MIB);
    my $run = run('/usr/bin/prometheus-snmp-generator', 'generate', '-o', "$dir/generated.yml",
        {dir => "$dir", env => {MIBS => 'CURFEW-MIB', MIBDIRS => "$dir"}});
    is($run->{status}, 0, 'it reads generator.yml and CURFEW-MIB') or return diag substr $run->{err}, 0, 600;
    my $generated = modules_of(read_file("$dir/generated.yml"));
    is(modules_of(read_file("$made/snmp.yml")),      $generated, 'snmp.yml has what it makes');
    is(modules_of(read_file("$made/snmp-0.21.yml")), $generated, 'snmp-0.21.yml, too');
};

subtest 'promtool' => sub {
    my $check = run('/usr/bin/promtool', 'check', 'rules', "$shipped/rules.yml");
    is($check->{status}, 0, 'check rules') or diag $check->{out}, $check->{err};
    my $test = run('/usr/bin/promtool', 'test', 'rules', source_dir() . '/t/prometheus/rules-test.yml');
    is($test->{status}, 0, 'test rules: each alert when it should come, and not when not') or diag $test->{out}, $test->{err};
    my %told = map { $_ => 1 } read_file(source_dir() . '/t/prometheus/rules-test.yml') =~ /alertname: (\w+)\n\s+exp_alerts/g;
    is_deeply([sort keys %told], [sort(read_file("$shipped/rules.yml") =~ /- alert: (\w+)/g)], '... for every alert there is');
};

my $farm = farm(<<'END');
[host ts01]
[session 1]
user = jörg
last-input = -45m
[session 2]
user = bob
last-input = -1m
[session 3]
user = carol
state = disconnected
disconnect = -3h
[host ts02]
[session 1]
user = eve
last-input = unknown
[host ts03]
fault = refused
END
my $served = Snmpd->new(dir => "$dir", farm => $farm, hosts => [qw(ts01 ts02 ts03)]);
$served->soon($base) or BAIL_OUT($served->words);

my ($exporter_port, $prometheus_port) = (free_port(), free_port());
my $account = read_file("$made/$modules");
$account =~ s/CHANGE-ME/@{[Snmpd::password()]}/g;
my $exporter = start('/usr/bin/prometheus-snmp-exporter', '--config.file', write_file("$dir/snmp.yml", $account),
    "--web.listen-address=127.0.0.1:$exporter_port", {timeout => 600});

sub fetch {
    my ($port, $path, @more) = @_;
    return run('/usr/bin/curl', '-sS', '-G', '--max-time', '20', "http://127.0.0.1:$port/$path", map { ('--data-urlencode', $_) } @more)->{out};
}

# "metric{labels}" => value, as the exporter says.
sub scrape {
    my ($module) = @_;
    my $text = fetch($exporter_port, 'snmp', "module=$module", "target=127.0.0.1:$served->{port}", $modern ? 'auth=curfew' : ());
    return map { /^([a-zA-Z_]\w*(?:[{].*[}])?) (\S+)$/ ? ($1 => $2) : () } split /\n/, $text;
}

my %seen;
soon { %seen = scrape('curfew'); ($seen{curfewSnapshotSerial} // 0) > 0 } 'the exporter scrapes by SNMPv3, authPriv'
    or diag $served->words;
is_deeply([map { $seen{"curfew$_"} } qw(Total Active Idle Disconnected Hosts HostsUnreachable)], [4, 3, 1, 1, 3, 1],
    'the farm\'s totals');
my ($ts01, $ts03) = map { my $name = $_; (map { s/^\w+//r } grep { /^curfewHostReachable[{].*\b$name"/ } keys %seen)[0] // "no $name" } qw(ts01 ts03);
note "the labels: $ts01, $ts03";
is($seen{"curfewHostTotal$ts01"}, 3, 'a host\'s sessions');
is($seen{"curfewHostReachable$ts03"}, 2, 'a host without an answer');
ok(!exists $seen{"curfewHostTotal$ts03"}, '... has no counts');
ok(!exists $seen{curfewOldestIdle}, 'what is not known is not there');
my %sessions = scrape('curfew_sessions');
ok((grep { /^curfewSessionIdleSeconds[{].*curfewSessionUser="jörg"/ } map { utf8::decode($_); $_ } keys %sessions),
    'sessions, with their users\' names in UTF-8') or diag join "\n", sort keys %sessions;

# Prometheus itself, with the shipped scrape.yml and rules.yml.
my $scrape = read_file("$shipped/scrape.yml");
$scrape =~ s/scrape_interval: \K1m/2s/ and $scrape =~ s/scrape_timeout: \K20s/2s/;
$scrape =~ s/monitor[.]example/127.0.0.1:$served->{port}/ and $scrape =~ s/127[.]0[.]0[.]1:9116/127.0.0.1:$exporter_port/;
write_file("$dir/rules.yml", read_file("$shipped/rules.yml"));
write_file("$dir/prometheus.yml", "global:\n  evaluation_interval: 1s\n$scrape");
my $prometheus = start('/usr/bin/prometheus', '--config.file', "$dir/prometheus.yml", '--storage.tsdb.path', "$dir/data",
    "--web.listen-address=127.0.0.1:$prometheus_port", {timeout => 600});

# The results of an expression, or undef with what was wrong in $@.
sub query {
    my ($expression) = @_;
    my $answer = eval { json(fetch($prometheus_port, 'api/v1/query', "query=$expression")) } or return;
    return $answer->{status} eq 'success' ? $answer->{data}{result} : diag("$expression: $answer->{error}") && undef;
}

soon { scalar @{ query('curfewTotal') // [] } } 'Prometheus scrapes through the exporter, with the shipped scrape.yml';
soon { scalar @{ query('ALERTS{alertname="CurfewHostUnreachable",alertstate="pending"}') // [] } }
    'the alert on the host without an answer is pending';
# A machine under load may well make the others pending.
is_deeply([map { $_->{metric}{alertname} } @{ query('ALERTS{alertname!~"Curfew(HostUnreachable|Agent(Stale|Missing)|SnmpUnreachable)"}') // [] }],
    [], '... and none on a count or a list');

# What is named in rules and dashboard is served; "increase" wants two values.
my $dashboard   = json(read_file("$shipped/grafana.json"));
my @expressions = map { $_->{expr} } map { @{ $_->{targets} // [] } } @{ $dashboard->{panels} };
cmp_ok(scalar @expressions, '>', 20, 'the dashboard has expressions');
my %absent = map { $_ => 1 } qw(curfewOldestIdle);    # of this farm nobody knows it
my %named = map { $_ => 1 } map { /\b(curfew[A-Z]\w*)/g } @expressions, read_file("$shipped/rules.yml") =~ /expr: (.*)/g;
is_deeply([grep { my $name = $_; !$absent{$name} && !grep { /^$name(?![A-Za-z])/ } keys %seen } sort keys %named], [],
    'every metric that rules and dashboard name is in the scrape');
for my $expression (@expressions) {
    my $asked = $expression =~ s/\$job/curfew/gr =~ s/\$instance/.*/gr;
    soon { scalar @{ query($asked) // [] } } "the dashboard's $expression has a result";
}

# The agent ends; snmpd goes on.
$served->stop_agent;
soon { scalar @{ query('ALERTS{alertname="CurfewAgentMissing",alertstate="pending"}') // [] } }
    'without curfew-agent, CurfewAgentMissing is pending';

stop($_) for $prometheus, $exporter;
$served->stop_all;
done_testing();
