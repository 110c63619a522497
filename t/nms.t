#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# What contrib/snmp has for Zabbix and LibreNMS names objects that CURFEW-MIB has, by their numbers, and only readable
# ones.  (tools/try-zabbix loads the template into a real Zabbix; LibreNMS was not run.)
use strict;
use warnings;

use Test::More;

use Curfew;
use Daemon qw(missing need);

need(missing('/usr/bin/snmptranslate' => 'snmp'));
my ($ietf) = glob '/usr/lib/erlang/lib/snmp-*/mibs';
need($ietf ? q{} : 'needs Debian\'s erlang-snmp');

my $dir = tempdir();
write_file("$dir/CURFEW-MIB.txt", read_file(build_dir() . '/mibs/CURFEW-MIB.txt'));

# Number => name of everything in CURFEW-MIB.
my $listed = run('/usr/bin/snmptranslate', '-M', "$dir:$ietf", '-m', 'CURFEW-MIB', '-TB', '-On', '^curfew',
    {env => {SNMP_PERSISTENT_DIR => "$dir/none"}});
my $named = run('/usr/bin/snmptranslate', '-M', "$dir:$ietf", '-m', 'CURFEW-MIB', '-TB', '-Os', '^curfew',
    {env => {SNMP_PERSISTENT_DIR => "$dir/none"}});
my @numbers = split /\n/, $listed->{out};
my @names   = split /\n/, $named->{out};
is(scalar @numbers, scalar @names, 'CURFEW-MIB is read') or BAIL_OUT($listed->{err});
my (%name_of, %number_of);
@name_of{@numbers} = @names;
@number_of{@names} = @numbers;
ok($number_of{curfewHostTotal}, '... with its objects') or BAIL_OUT($listed->{err});
my $mib = read_file("$dir/CURFEW-MIB.txt");
my %readable = map { $_ => 1 } $mib =~ /^(curfew\w+) OBJECT-TYPE\n(?:(?!\s*::=).*\n)*?\s+MAX-ACCESS read-(?:only|write)/mg;

sub object { my ($number) = @_; return $name_of{".$number"} // $name_of{$number} // "nothing at $number" }

my $zabbix = read_file(build_dir() . '/contrib/snmp/zabbix/curfew.yaml');
my @asked  = map { s/[.]0\z//r } $zabbix =~ /snmp_oid: '((?:\d+[.])+\d+)(?:[.]\{#SNMPINDEX\})?'/g;
cmp_ok(scalar @asked, '>=', 25, 'the Zabbix template asks for objects');
for my $oid (@asked, $zabbix =~ /\{#\w+[.]\w+\},((?:\d+[.])+\d+)/g) {
    my $object = object($oid);
    ok($readable{$object}, "Zabbix: $oid is $object");
}
my %uuids;
$uuids{$_}++ for my @uuids = $zabbix =~ /uuid: (\w+)/g;
is_deeply([grep { $uuids{$_} > 1 || !/\A[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}\z/ } @uuids], [], 'each has a UUID of its own');
my %keys = map { $_ => 1 } $zabbix =~ /key: '([^']+)'/g;
my @used = $zabbix =~ m{/Curfew by SNMP/([\w.]+(?:\[\{\#SNMPINDEX\}\])?)}g;
is_deeply([grep { !$keys{$_} } @used], [], 'triggers name items that there are');

my $librenms = read_file(build_dir() . '/contrib/snmp/librenms/curfew.yaml');
my @sensors = split /^\s+-\n/m, $librenms;
shift @sensors;
is(scalar @sensors, 7, 'the LibreNMS file has sensors');
for my $sensor (@sensors) {
    my ($value) = $sensor =~ /value: CURFEW-MIB::(\w+)/;
    my ($number) = $sensor =~ /num_oid: '[.]([\d.]+)[.]\{\{ \$index \}\}'/;
    is(object($number // q{}), $value, "LibreNMS: $value, by name and number");
    my @others = $sensor =~ /CURFEW-MIB::(\w+)/g;
    is_deeply([grep { !$number_of{$_} } @others], [], '... and its other names are there');
}

done_testing();
