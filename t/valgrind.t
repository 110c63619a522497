#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The main paths under valgrind: no error, no leak, no descriptor left open.
use strict;
use warnings;

use Test::More;

use Curfew;

plan skip_all => 'sim was not built' if !program('provider-sim');

my $valgrind = '/usr/bin/valgrind';
if (!-x $valgrind) {
    die "valgrind is missing\n" if $ENV{CURFEW_CI};
    plan skip_all => 'valgrind is not installed';
}
if (grep { defined $ENV{$_} } qw(ASAN_OPTIONS UBSAN_OPTIONS)) {
    plan skip_all => 'valgrind cannot run what AddressSanitizer instruments';
}

if (run($valgrind, '-q', program('check_sessions'), '--help', { timeout => 60 })->{err} =~ /unhandled dwarf/) {
    plan skip_all => "valgrind cannot read this compiler's debugging information; -gdwarf-4 helps";
}

my $state_folder = tempdir();    # goes with this variable
my $state = "$state_folder";
my $farm  = farm(
    "[host ts01]\n[session 3]\nuser = alice\nlast-input = -2h\n[session 4]\nuser = bob\nstate = disconnected\n"
      . "disconnect = -5h\n[session 5]\nuser = carol\nlast-input = unknown\n[session 0]\nclass = services\n");
my $dead = farm("[host ts02]\nfault = refused\n");

# Each exits as it would by itself; 99 is what valgrind makes of an error.
my @paths = (
    [3, 'check_sessions', '--help'],
    [3, 'check_sessions', '-T', 'nowhere:'],
    [0, 'check_sessions', '-T', "sim:$farm", '-v', '--explain'],
    [0, 'check_sessions', '-T', "sim:$farm", '--output', 'json'],
    [3, 'check_sessions', '-T', "sim:$farm", '-T', "sim:$dead", '-w', 'idle=1', '--diagnose'],
    [0, 'check_sessions', '-T', "sim+worker:$farm"],
    [0, 'disconnect_sessions', '-T', "sim:$farm", '--idle-over', '30m'],
    [0, 'disconnect_sessions', '-T', "sim:$farm", '--idle-over', '30m', '--execute', '--state-dir', $state],
    [0, 'logoff_sessions', '-T', "sim+worker:$farm", '--disconnected-over', '4h', '--execute', '--state-dir', $state],
    [0, 'message_sessions', '-T', "sim:$farm", '--all', '--text', 'hello', '--execute', '--state-dir', $state],
    [3, 'disconnect_sessions', '--stdin', { stdin => '{"id":1}' }],
);

if (program('enforce_sessions')) {
    my $policy = write_file("$state/office.conf", "[policy office]\ntarget = sim:$farm\nidle-over = 1h\nwarn = 5m\n"
          . "zone = Europe/Berlin\nwhen = daily 00:00-24:00\ntext = hello\n");
    push @paths, [0, 'enforce_sessions', '--config', $policy, '--state-dir', $state],
      [0, 'enforce_sessions', '--config', $policy, '--state-dir', $state, '--execute', '--explain'],
      [0, 'check_sessions', '--config', $policy, '--policy', 'all', '--remember', '--explain', '--state-dir', $state];
}

for my $path (@paths) {
    my ($status, $name, @arguments) = @{$path};
    my $options = ref $arguments[-1] ? pop @arguments : {};
    my @command = ('-q', '--error-exitcode=99', '--leak-check=full', '--track-fds=yes', '--trace-children=yes');
    my ($shown) = map { s{/tmp/\S*/}{}gr } "$name @arguments";
    push @arguments, '-t', '200s', '--target-timeout', '150s' if $arguments[0] =~ /^(?:-T|--config)$/;
    my $run = run($valgrind, @command, program($name), @arguments, { %{$options}, timeout => 300 });
    is($run->{status}, $status, $shown) or diag "$run->{seconds} s, signal ", $run->{signal} // 'none', "\n", $run->{out}, $run->{err};
    my @complaints = grep { /^==/ && !/inherited|Open file descriptor 2: |FILE DESCRIPTORS|^==\d+==\s*$/ } split /\n/, $run->{err};
    is(scalar @complaints, 0, 'clean') or diag join "\n", @complaints;
}

done_testing();
