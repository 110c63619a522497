# SPDX-License-Identifier: GPL-3.0-or-later
# Snmp - a real snmpd on loopback for a test of curfew-agent, as an ordinary user.
package Snmp;

use strict;
use warnings;

use Curfew;
use Daemon qw(free_port);
use Exporter qw(import);

our @EXPORT_OK = qw(log_of missing patience snmp_environment snmpd_start snmpd_new tool value_of);

# Why a test cannot run here, or undef.
sub missing {
    my (@more) = @_;
    for my $need (['/usr/sbin/snmpd', 'snmpd'], ['/usr/bin/snmpget', 'snmp'], @more) {
        return "no $need->[0]; on Debian: apt-get install $need->[1]" if !-x $need->[0];
    }
    return 'curfew-agent was not built' if !defined program('curfew-agent');
    return 'sim was not built'          if !program('provider-sim');
    return;
}

# snmpd_new(FOLDER, LINES): what the other functions take.  LINES are more of its configuration.
sub snmpd_new {
    my ($dir, $more) = @_;
    my $port = free_port();
    my $self = { dir => $dir, port => $port, socket => "$dir/agentx", log => "$dir/snmpd.log" };
    my $text = "agentaddress udp:127.0.0.1:$port\nmaster agentx\nagentXSocket unix:$self->{socket}\n"
      . "rocommunity public 127.0.0.1\nrwcommunity private 127.0.0.1\n" . ($more // q{});
    $self->{configuration} = write_file("$dir/snmpd.conf", $text);
    return $self;
}

# What keeps net-snmp's programs from reading the machine's own files.
sub snmp_environment {
    my ($self) = @_;
    return { MIBS => q{}, SNMP_PERSISTENT_DIR => "$self->{dir}/persistent", SNMPCONFPATH => "$self->{dir}/none" };
}

sub snmpd_start {
    my ($self) = @_;
    return start('/usr/sbin/snmpd', '-f', '-Lf', $self->{log}, '-C', '-c', $self->{configuration}, '-p', "$self->{dir}/snmpd.pid",
        { env => snmp_environment($self), timeout => 600 });
}

# How long a client waits for an answer: half a minute, as none is not "no such object".  Who reads asks again every two
# seconds; who sets does not, lest an order be given twice.
sub patience {
    my ($name) = @_;
    return $name eq 'snmpset' ? qw(-t30 -r0) : qw(-t2 -r14);
}

# tool(SNMPD, NAME, COMMUNITY, ARGUMENTS): a client's run.
sub tool {
    my ($self, $name, $community, @arguments) = @_;
    return run("/usr/bin/$name", '-v2c', '-On', '-OU', '-Oe', '-Ot', patience($name), '-c', $community, "127.0.0.1:$self->{port}",
        @arguments, { env => snmp_environment($self), timeout => 60 });
}

# The value of one object, without its type, or undef if there is none.
sub value_of {
    my ($self, $oid) = @_;
    my ($value) = tool($self, 'snmpget', 'public', $oid)->{out} =~ /^\Q$oid\E = (?:[\w-]+: )?(.*)$/m;
    return if !defined $value || $value =~ /^No Such|^No more/;
    return $value =~ s/^"(.*)"$/$1/sr;
}

# What a program that still runs has written to standard error: its file, opened once more.
sub log_of {
    my ($process) = @_;
    return read_file("/proc/$$/fd/" . fileno $process->{files}[1]);
}

1;
