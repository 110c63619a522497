#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The loop inside a real icinga2, with contrib/icinga2, on a played farm.
use strict;
use warnings;

use File::Basename qw(dirname);
use Test::More;

use Curfew qw(program);
use Daemon qw(contrib missing need workdir);
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
	vars.curfew["farm"] = { enforce = true }
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
done_testing();
