#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# A real nrpe with contrib/nrpe, asked by the real check_nrpe, on a played farm;
# and the handler run twice at the same time, as two monitoring servers do.
use strict;
use warnings;

use File::Basename qw(dirname);
use Test::More;

use Curfew qw(program);
use Daemon qw(account as_account capture contrib free_port missing need slurp spew wait_until workdir);
use Loop;

my $CHECK_NRPE = '/usr/lib/nagios/plugins/check_nrpe';
need(missing(nrpe => 'nagios-nrpe-server', $CHECK_NRPE => 'nagios-nrpe-plugin', setpriv => 'util-linux'));
need(program('provider-sim') ? q{} : 'sim was not built');

my $dir  = workdir();
my $loop = Loop->new(dir => "$dir", programs => dirname(program('check_sessions')));
my $port = free_port();
my $account = account();
my $fixed   = spew("$dir/etc/curfew.cfg", contrib('nrpe/curfew.cfg', bindir => $loop->bindir, curfewlibexecdir => $loop->bindir));
my $config  = spew("$dir/etc/nrpe.cfg", <<"END");
pid_file=$dir/nrpe.pid
server_address=127.0.0.1
server_port=$port
allowed_hosts=127.0.0.1
nrpe_user=$account
dont_blame_nrpe=0
disable_syslog=1
log_file=$dir/nrpe.log
include=$fixed
END
my $nrpe = Daemon->start("$dir/nrpe.out", as_account(), 'nrpe', '-c', $config, '-f');

# The answer of check_nrpe, and its exit status.
sub ask {
    my (@arguments) = @_;
    my $text = capture($CHECK_NRPE, '-H', '127.0.0.1', '-p', $port, '-t', 60, @arguments);
    return ($text, $? >> 8);
}

$loop->play(alice => 'last-input = -2h', bob => 'last-input = busy');
ok(wait_until(60, sub { (ask())[1] == 0 }), 'nrpe answers');

my ($text, $status) = ask('-c', 'curfew_sessions_farm');
is($status, 2, 'the fixed line checks the section: CRITICAL');
like($text, qr/^SESSIONS CRITICAL.*\|.*\bidle=1;/, '... with performance data on the first line');

($text, $status) = ask('-c', 'curfew_disconnect_farm_SOFT_CRITICAL_0_0');
like($text, qr/not defined/, 'a SOFT state has no line');
for my $depths ('1_0', '0_1', q{_}) {
    like((ask('-c', "curfew_disconnect_farm_HARD_CRITICAL_$depths"))[0], qr/not defined/, "nor has a downtime, $depths");
}
($text, $status) = ask('-c', 'curfew_disconnect_farm_HARD_CRITICAL_0_0', '-a', '--all');
is_deeply([$loop->acted_on], [], 'arguments are refused') or diag $text;

# Both at once; the host takes a while to answer, so that they meet.
my @asked = map {
    open my $pipe, '-|', $CHECK_NRPE, '-H', '127.0.0.1', '-p', $port, '-t', 60, '-c', 'curfew_disconnect_farm_HARD_CRITICAL_0_0'
        or die "check_nrpe: $!";
    $pipe
} 1, 2;
for my $pipe (@asked) {
    my $said = join q{}, <$pipe>;
    close $pipe;
    is($? >> 8, 0, 'a handler that meets another says that all is well') or diag $said;
    note $said;
}
is_deeply([$loop->acted_on], ['alice'], 'two handlers at the same time act once');
is($loop->states->{alice}, 'disconnected', 'the session is disconnected');
is($loop->states->{bob}, 'active', 'the other one is left alone');

SKIP: {
    skip 'policies were not built' if !program('enforce_sessions');
    $loop->play_policies('-2h');
    is((ask('-c', 'curfew_sessions_policies'))[1], 2, 'the section with policies is checked');
    my $intents = sub { join q{}, slurp("$dir/policies/audit.jsonl") =~ /^.*"intent".*$/mg };
    ok(wait_until(60, sub { ask('-c', 'curfew_enforce_policies_HARD_CRITICAL_0_0'); $intents->() }), 'enforce_sessions acts, seen twice');
    like($intents->(), qr/"dora"/, '... on the idle session');
}
$nrpe->stop;
done_testing();
