# SPDX-License-Identifier: GPL-3.0-or-later
# Snmpd - a real snmpd with contrib/snmp/snmpd.conf and curfew-agent on loopback, over a played farm, both as an
# ordinary account, with the OIDs that the files of contrib/snmp name.
#
#   my $served = Snmpd->new(dir => $dir, farm => $path, hosts => ['ts01']);
#   $served->soon or BAIL_OUT($served->words);    # a snapshot is served
#   $served->{port}; Snmpd::user_name(), Snmpd::password() (authPriv, SHA-256 and AES)
package Snmpd;

use strict;
use warnings;

use Curfew qw(read_file source_dir start stop wait_for write_file);
use Daemon qw(free_port);

sub user_name { return 'curfew-monitor' }    # as in snmpd.conf
sub password  { return 'only-for-tests' }

# Program => Debian's package.
our %needs = ('/usr/sbin/snmpd' => 'snmpd', '/usr/bin/snmpget' => 'snmp');

sub new {
    my ($class, %self) = @_;
    my $self = bless {interval => '1s', %self, port => free_port()}, $class;
    my $dir = $self->{dir};
    $self->{env} = {MIBS => q{}, SNMP_PERSISTENT_DIR => "$dir/persistent", SNMPCONFPATH => "$dir/none"};
    my $shipped = write_file("$dir/shipped.conf", read_file(source_dir() . '/contrib/snmp/snmpd.conf'));
    my $ours    = write_file("$dir/snmpd.conf", <<"END");
agentaddress udp:127.0.0.1:$self->{port}
agentXSocket unix:$dir/agentx
rocommunity public 127.0.0.1
createUser @{[user_name()]} SHA-256 "@{[password()]}" AES "@{[password()]}"
END
    $self->{snmpd} = start('/usr/sbin/snmpd', '-f', '-Lf', "$dir/snmpd.log", '-C', '-c', "$shipped,$ours",
        '-p', "$dir/snmpd.pid", {env => $self->{env}, timeout => 600});
    $self->start_agent;
    return $self;
}

sub start_agent {
    my ($self) = @_;
    my @targets = map { ('-T', "sim:$self->{farm}#$_") } @{$self->{hosts}};
    $self->{agent} = start('curfew-agent', '--foreground', '-v', '--agentx-socket', "unix:$self->{dir}/agentx", '--state-dir',
        "$self->{dir}/state", '--poll-interval', $self->{interval}, @targets, {env => $self->{env}, timeout => 600});
    return;
}

# By SNMPv3, as snmpd.conf lets a monitoring server in: the value of one object, or undef.
sub get {
    my ($self, $oid) = @_;
    my $answer = Curfew::run('/usr/bin/snmpget', '-v3', '-l', 'authPriv', '-u', user_name(), '-a', 'SHA-256', '-A', password(), '-x',
        'AES', '-X', password(), '-Oqvn', '-t1', '-r0', "127.0.0.1:$self->{port}", $oid, {env => $self->{env}})->{out};
    return $answer =~ /\A([^\n]+)/ && $1 !~ /^No Such/ ? $1 : undef;
}

# A snapshot is served, within a minute.
sub soon {
    my ($self, $base) = @_;
    return wait_for { ($self->get("$base.1.1.1.0") // 0) > 0 } 60;
}

sub words {
    my ($self) = @_;
    return join q{}, map { read_file($_) } grep { -e } "$self->{dir}/snmpd.log", "/proc/$$/fd/" . fileno $self->{agent}{files}[1];
}

sub stop_agent {
    my ($self) = @_;
    return stop(delete $self->{agent});
}

sub stop_all {
    my ($self) = @_;
    stop($_) for grep { defined } delete @{$self}{qw(agent snmpd)};
    return;
}

1;
