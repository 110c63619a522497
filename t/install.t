#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# make install: where things go, who can read them, and what is found from there.
use strict;
use warnings;

use Test::More;

use Curfew;

plan(skip_all => 'these are the programs that were installed') if $ENV{CURFEW_INSTALLED};

my $dir   = tempdir();
my $build = build_dir();

# A "make -j check" hands its options down, and to these makes they mean nothing.
delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL)};

# What the Makefile has for a variable, references resolved.
sub variable {
    my ($name) = @_;
    my $value = qx(printf 'print-it:\\n\\t\@echo \$($name)\\n' | make -s --no-print-directory -C $build -f Makefile -f - print-it);
    chomp $value;
    return $value;
}

sub mode { return sprintf '%04o', (stat $_[0])[2] & oct 7777 }

sub shell { return system('sh', '-c', @_) >> 8 }

my %path = map { $_ => variable($_) } qw(prefix bindir curfewlibexecdir sysconfdir localstatedir unitdir pkgdatadir);
if ($path{prefix} =~ m{^/usr(/local)?$}) {
    is($path{sysconfdir},    '/etc', 'the configuration is where every page says');
    is($path{localstatedir}, '/var', 'so is the state');
}
is(shell('umask 077; make -s -C "$0" install DESTDIR="$1" >"$1.log" 2>&1', $build, "$dir/root"), 0,
    'make install, with the umask of a careful root')
  or diag read_file("$dir/root.log");
my @closed = map { chomp; $_ } qx(find $dir/root -type d ! -perm -055);
is_deeply(\@closed, [], 'every folder can be entered by all');
my @unreadable = map { chomp; $_ } qx(find $dir/root -type f ! -perm -044);
is_deeply(\@unreadable, [], 'every file can be read by all');
my $conf = "$dir/root$path{sysconfdir}/curfew/curfew.conf";
is(mode($conf), '0644', 'there is a configuration');
ok(-f "$dir/root$path{unitdir}/$_", "$_ is where systemd looks")
  for qw(curfew-enforce@.service curfew-enforce@.timer);
my @made = map { chomp; $_ } qx(find $dir/root$path{unitdir} $dir/root$path{pkgdatadir}/contrib -type f);
ok(!grep({ /\@(?:\w+dir|BASE_OID)\@/ } map { read_file($_) } @made),
    'no @name@ is left in what was installed');

# The shipped configuration is good, and harmless.
my %shipped = (env => { CURFEW_CONFIG => write_file("$dir/shipped.conf", read_file($conf)) });
my $run = run('check_sessions', '--section', 'agent', '--list-providers', \%shipped);
is($run->{status}, 3, 'the shipped configuration is read') or diag $run->{out};
unlike(read_file($conf), qr/^\s*execute/m, '... and nothing in it acts');
$run = run('check_sessions', '--section', 'local', \%shipped);
unlike($run->{out}, qr/section|configuration/, 'it has a section for the check');
SKIP: {
    skip('curfew-agent was not built', 2) if !defined program('curfew-agent');
    like(read_file("$dir/root$path{unitdir}/curfew-agent.service"), qr/ --section agent$/m, 'the unit names a section');
    $run = run('curfew-agent', '--foreground', '--section', 'agent', '--state-dir', "$dir/agent",
        '--agentx-socket', "$dir/no-snmpd", { %shipped, timeout => 2 });
    unlike($run->{out} . $run->{err}, qr/section|configuration/, '... that the shipped configuration has');
}

write_file($conf, "[defaults]\n");
is(shell('make -s -C "$0" install DESTDIR="$1" >"$1.log" 2>&1', $build, "$dir/root"), 0, 'make install again');
is(read_file($conf), "[defaults]\n", 'a configuration that is there stays');
is(shell('make -s -C "$0" uninstall DESTDIR="$1" >"$1.log" 2>&1', $build, "$dir/root"), 0, 'make uninstall');
is_deeply([map { chomp; $_ } qx(find $dir/root ! -type d)], [$conf], '... leaves the configuration that was changed, and no other file');

# From the build tree: an ordinary account needs no make install.
SKIP: {
    skip('the build tree cannot be reached by the tests\' account', 1)
      if system('setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups', 'test', '-x', "$build/plugins/check_sessions") != 0;
    $run = run("$build/plugins/check_sessions", '-T', 'local:', '-v', { env => { CURFEW_LIBEXECDIR => q{} } });
    unlike($run->{out}, qr/No such file/, 'a worker is found in the build tree') or diag $run->{out};
}

# What is missing is named.
$run = run('check_sessions', '--section', 'farm');
like($run->{out}, qr{no such section \(there is no configuration: /nonexistent/curfew.conf does not exist\)},
    'no configuration: the text names the file');
$run = run('check_sessions', '--section', 'farm', \%shipped);
like($run->{out}, qr{no such section in \Q$dir\E/shipped.conf$}m, 'no such section: likewise');
$run = run('check_sessions', '-T', 'farm', \%shipped);
like($run->{out}, qr{or a name from \Q$dir\E/shipped.conf}, 'no such target: likewise');

# The state folder: the last one is closed, those above are not.
sub act {
    my (@more) = @_;
    my $farm = farm("[host ts01]\n[session 1]\nuser = alice\nlogon = -8h\nlast-input = -2h\n");
    return run('disconnect_sessions', '-T', "sim:$farm", '--idle-over', '1h', '--execute', @more);
}
$run = act('--state-dir', "$dir/var/lib/curfew");
is($run->{status}, 0, 'a state folder in folders that are not there') or diag $run->{out};
is_deeply([map { mode("$dir/$_") } qw(var var/lib var/lib/curfew)], [qw(0755 0755 0700)],
    '... the parents are as mkdir makes them, the last one is the account\'s alone');
$run = act({ env => { STATE_DIRECTORY => "$dir/unit:$dir/other" } });
ok(-e "$dir/unit/audit.jsonl", '$STATE_DIRECTORY of a systemd unit is honoured: the first of several') or diag $run->{out};
$run = act({ env => { STATE_DIRECTORY => 'relative', XDG_STATE_HOME => "$dir/xdg" } });
ok(-e "$dir/xdg/curfew/audit.jsonl", '... not if it is not absolute') or diag $run->{out};

done_testing();
