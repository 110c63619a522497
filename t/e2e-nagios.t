#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The loop inside a real nagios4, with contrib/nagios, on a played farm.
use strict;
use warnings;

use File::Basename qw(dirname);
use Test::More;

use Curfew qw(program);
use Daemon qw(contrib missing need workdir);
use Loop;
use Nagios;

need(missing(%Nagios::needs));
need(program('provider-sim') ? q{} : 'sim was not built');

my $dir    = workdir();
my $loop   = Loop->new(dir => "$dir", programs => dirname(program('check_sessions')));
my $server = Nagios->new(
    dir     => "$dir",
    objects => {
        'curfew.cfg'   => contrib('nagios/curfew.cfg', bindir => $loop->bindir, curfewlibexecdir => $loop->bindir),
        'services.cfg' => contrib('nagios/services.cfg'),
    },
);

$loop->story($server);
SKIP: {
    skip 'policies were not built' if !program('enforce_sessions');
    $loop->story_of_policies($server);
}
$server->stop;
done_testing();
