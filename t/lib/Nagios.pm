# SPDX-License-Identifier: GPL-3.0-or-later
# Nagios - a real nagios4 started by hand, seen through its status and log files.
#
#   my $nagios = Nagios->new(dir => $dir, objects => {'curfew.cfg' => '…'});
#   $nagios->start;
#   $nagios->service('farm', 'sessions-farm')->{performance_data}
package Nagios;

use strict;
use warnings;

use Daemon qw(account as_account slurp spew wait_until);

our %needs = (nagios4 => 'nagios4-core', setpriv => 'util-linux');

# What every object file may rely on: a time period, a contact group, a host check.
my $BASICS = <<'END';
define timeperiod {
	timeperiod_name	24x7
	alias		always
	sunday		00:00-24:00
	monday		00:00-24:00
	tuesday		00:00-24:00
	wednesday	00:00-24:00
	thursday	00:00-24:00
	friday		00:00-24:00
	saturday	00:00-24:00
}
define command {
	command_name	notify
	command_line	/bin/echo "$SERVICEDESC$" >> $USER2$/notified
}
define contact {
	contact_name			admin
	host_notifications_enabled	0
	service_notifications_enabled	1
	service_notification_period	24x7
	host_notification_period	24x7
	service_notification_options	w,u,c,r
	host_notification_options	n
	service_notification_commands	notify
	host_notification_commands	notify
}
define contactgroup {
	contactgroup_name	admins
	alias			admins
	members			admin
}
END

# dir: a workdir(); objects: {file name => text}.  One unit of time is one second.
sub new {
    my ($class, %self) = @_;
    my $self = bless {%self}, $class;
    my $dir = $self->{dir};
    my $account = account();
    my $group = getgrgid((getpwnam $account)[3]);
    my %objects = ('basics.cfg' => $BASICS, %{$self->{objects}});
    spew("$dir/etc/$_", $objects{$_}) for keys %objects;
    spew("$dir/$_/.keep", q{}) for qw(spool rw tmp);
    spew("$dir/etc/resource.cfg", "\$USER1\$=/usr/lib/nagios/plugins\n\$USER2\$=$dir\n");
    spew("$dir/etc/nagios.cfg", join(q{}, map {"cfg_file=$dir/etc/$_\n"} sort keys %objects) . <<"END");
resource_file=$dir/etc/resource.cfg
log_file=$dir/nagios.log
status_file=$dir/status.dat
object_cache_file=$dir/objects.cache
state_retention_file=$dir/retention.dat
lock_file=$dir/nagios.pid
temp_file=$dir/tmp/nagios.tmp
temp_path=$dir/tmp
check_result_path=$dir/spool
command_file=$dir/rw/nagios.cmd
query_socket=$dir/rw/nagios.qh
nagios_user=$account
nagios_group=$group
interval_length=1
status_update_interval=1
check_result_reaper_frequency=1
service_inter_check_delay_method=n
max_service_check_spread=1
check_external_commands=1
enable_event_handlers=1
log_event_handlers=1
log_service_retries=1
enable_notifications=1
execute_service_checks=1
check_for_updates=0
use_syslog=0
illegal_macro_output_chars=`~\$&|'"<>
END
    return $self;
}

sub command {
    my ($self, @more) = @_;
    return (as_account(), 'nagios4', @more, "$self->{dir}/etc/nagios.cfg");
}

# Does nagios4 itself accept the configuration?  Its words otherwise.
sub validate {
    my ($self) = @_;
    my $daemon = Daemon->start("$self->{dir}/validate.out", $self->command('-v'));
    wait_until(60, sub { !$daemon->alive }) or return 'nagios4 -v does not end';
    my $said = slurp("$self->{dir}/validate.out");
    return $said =~ /^Total Errors:\s+0$/m && $said =~ /^Total Warnings:\s+0$/m ? q{} : $said;
}

sub start {
    my ($self) = @_;
    $self->{daemon} = Daemon->start("$self->{dir}/nagios.out", $self->command);
    wait_until(60, sub { !$self->{daemon}->alive || -s "$self->{dir}/status.dat" });
    return $self->{daemon}->alive;
}

sub stop {
    my ($self) = @_;
    $self->{daemon}->stop if $self->{daemon};
    return;
}

sub journal {
    my ($self) = @_;
    return slurp("$self->{dir}/nagios.log") . slurp("$self->{dir}/nagios.out");
}

# One service's block of status.dat as a hash, or nothing.
sub service {
    my ($self, $host, $name) = @_;
    for my $block (slurp("$self->{dir}/status.dat") =~ /^servicestatus \{\n(.*?)^\t\}/gms) {
        my %is = $block =~ /^\t(\w+)=(.*)$/gm;
        return \%is if $is{host_name} eq $host && $is{service_description} eq $name;
    }
    return;
}

# What the story wants to know (Loop.pm).
sub view {
    my ($self, $name) = @_;
    my $is = $self->service('farm', $name) or return;
    return {
        checked  => $is->{has_been_checked} ? $is->{last_check} : 0,
        state    => (qw(OK WARNING CRITICAL UNKNOWN))[$is->{current_state}],
        type     => (qw(SOFT HARD))[$is->{state_type}],
        output   => $is->{plugin_output},
        perfdata => {$is->{performance_data} =~ /(\S+)=([-\d.]+)\S*/g},
    };
}

sub handlers {
    my ($self) = @_;
    my @runs = grep { /SERVICE EVENT HANDLER/ } split /\n/, slurp("$self->{dir}/nagios.log");
    return map { /: farm;[^;]+;(\w+);(\w+);/ ? "$1 $2" : () } @runs;
}

sub enable_check {
    my ($self, $name, $on) = @_;
    return $self->order(($on ? 'ENABLE' : 'DISABLE') . "_SVC_CHECK;farm;$name");
}

sub host_downtime {
    my ($self, $on) = @_;
    return $self->order($on ? sprintf 'SCHEDULE_HOST_DOWNTIME;farm;%d;%d;1;0;0;test;x', time - 60, time + 3600
        : 'DEL_DOWNTIME_BY_HOST_NAME;farm');
}

sub notified {
    my ($self) = @_;
    return split /\n/, slurp("$self->{dir}/notified");
}

# An external command: order('DISABLE_SVC_CHECK;farm;enforce-farm').
sub order {
    my ($self, $text) = @_;
    open my $fifo, '>', "$self->{dir}/rw/nagios.cmd" or return;
    printf {$fifo} "[%d] %s\n", time, $text;
    return close $fifo;
}

1;
