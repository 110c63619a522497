#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The loop inside a real icinga2, with contrib/icinga2, on a played farm.
use strict;
use warnings;

use File::Basename qw(dirname);
use Test::More;

use Curfew qw(program);
use Daemon qw(contrib missing need wait_until workdir);
use Icinga2;
use Loop;

need(missing(%Icinga2::needs));
need(program('provider-sim') ? q{} : 'sim was not built');

my $dir    = workdir();
my $loop   = Loop->new(dir => "$dir", programs => dirname(program('check_sessions')));
my $server = Icinga2->new(dir => "$dir", config => <<"END" . contrib('icinga2/curfew.conf', bindir => '/nonexistent', curfewlibexecdir => '/nonexistent'));
const CurfewBinDir = "@{[$loop->bindir]}"
const CurfewCheckInterval = 0.4s
const CurfewRetryInterval = 0.2s
const CurfewEnforceInterval = 0.5s
object Host "farm" {
	check_command = "dummy"
	address = "127.0.0.1"
	vars.curfew["farm"] = { enforce = true }
	vars.curfew["policies"] = { act = "enforce", enforce = true }
}
/* Nobody answers it: what is asked for is read from the log. */
object Service "remote" {
	host_name = "farm"
	import "curfew-enforce"
	curfew_service(this, "remote", { via = "nrpe", act = "enforce" })
	check_interval = 1s
	vars.curfew_nrpe_port = 1
}
object User "admin" { }
object NotificationCommand "tell" {
	command = [ "/bin/sh", "-c", "echo \$service.name\$ >>$dir/notified" ]
}
apply Notification "tell" to Service {
	command = "tell"
	users = [ "admin" ]
	assign where true
}
END

$loop->story($server);
SKIP: {
    skip 'policies were not built' if !program('enforce_sessions');
    $loop->story_of_policies($server);
}

# The name of NRPE's line ends in the downtimes of the host, and those of the service with its acknowledgement.
for my $case (
    ['0_0', 'at first', sub { 1 }],
    ['1_0', 'in a downtime of the host', sub { $server->host_downtime(1) }],
    ['0_2', 'acknowledged', sub { $server->host_downtime(0) && $server->acknowledge('remote', 1) }],
) {
    my ($depths, $what, $begin) = @{$case};
    ok($begin->() && wait_until(60, sub { $server->journal =~ /'-c' 'curfew_enforce_remote_HARD_[A-Z]+_$depths'/ }),
        "by NRPE, $what: _$depths is asked for");
}
$server->stop;
done_testing();
