#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The contrib files that no server of the other tests loads are read by their own checkers.
use strict;
use warnings;

use Test::More;

use Daemon qw(capture contrib missing slurp spew workdir);

my $dir = workdir();
my %dir = (
    bindir           => '/usr/bin',
    sbindir          => '/usr/sbin',
    curfewlibexecdir => '/usr/libexec/curfew',
    localstatedir    => '/var',
);

# Runs a checker's subtest, or says why not.
sub checked {
    my ($program, $package, $test) = @_;
    subtest $program => sub {
        my $reason = missing($program => $package);
        if ($reason) {
            return fail("in CI nothing may be skipped: $reason") if $ENV{CURFEW_CI};
            plan(skip_all => $reason);
        }
        return $test->();
    };
    return;
}

checked(visudo => 'sudo', sub {
    for my $name ('curfew', 'curfew-pattern') {
        my $file = spew("$dir/sudoers", contrib("sudoers/$name", %dir));
        like(capture('visudo', '-cf', $file), qr/parsed OK/, "visudo accepts contrib/sudoers/$name");
    }
});

checked(apparmor_parser => 'apparmor', sub {
    my $profile = contrib('apparmor/curfew-agent', %dir);
    my @parser  = ('sh', '-c', 'apparmor_parser -Q -T -K "$1" 2>&1', 'parser');
    my $said    = capture(@parser, spew("$dir/profile", $profile));
    is($?, 0, 'apparmor_parser reads contrib/apparmor/curfew-agent') or diag $said;
    capture(@parser, spew("$dir/profile", $profile =~ s/^  network unix/  netw0rk unix/mr));
    isnt($?, 0, '... and would not read a mistake');
});

checked('systemd-sysusers' => 'systemd', sub {
    spew("$dir/root/etc/$_", q{}) for qw(passwd group);
    my $file = spew("$dir/curfew-agent.conf", contrib('systemd/sysusers.d/curfew-agent.conf'));
    my $said = capture('sh', '-c', 'systemd-sysusers --root="$1" "$2" 2>&1', 'sysusers', "$dir/root", $file);
    is($?, 0, 'systemd-sysusers accepts contrib/systemd/sysusers.d/curfew-agent.conf') or diag $said;
    like(slurp("$dir/root/etc/passwd"), qr/^curfew:[^:]*:\d+:\d+:[^:]*:[^:]*:\S*nologin$/m, '... and makes the account of the unit');
});

# Our programs need not be installed for this: true stands for them.
checked('systemd-analyze' => 'systemd', sub {
    my @names = ('curfew-agent.service', 'curfew-enforce@.service', 'curfew-enforce@.timer');
    for my $name (@names) {
        my $text = contrib("systemd/$name", %dir);
        $text =~ s{^(ExecStart=)\S+}{$1/bin/true}m;
        spew("$dir/units/$name", $text);
    }
    my @units = map { "$dir/units/" . s/@/\@farm/r } @names;
    is(capture('sh', '-c', 'systemd-analyze --man=no verify "$@" 2>&1', 'verify', @units), q{},
        'systemd-analyze has nothing to say about contrib/systemd');
    is($? >> 8, 0, '... and succeeds');
    like(contrib('systemd/curfew-enforce@.service', %dir),
        qr{^ExecStart=/usr/libexec/curfew/curfew-run %i act$}m, 'the section is the instance');
    for my $unit (['curfew-agent.service', 2.5], ['curfew-enforce@farm.service', 5]) {
        my ($name, $most) = @{$unit};
        my ($exposure) = capture('sh', '-c', 'systemd-analyze --no-pager --offline=yes security "$1" 2>&1', 'security',
            "$dir/units/$name") =~ /Overall exposure level for \S+: ([\d.]+)/;
        cmp_ok($exposure // 10, '<=', $most, "systemd-analyze security: $name is at most $most");
    }
});

# curfew-enforce@ runs the section's act, so the example that the shipped configuration gives for it has one.
my ($unit, $example) =
    contrib('etc/curfew.conf', %dir) =~ /systemctl enable --now curfew-enforce\@(\S+)[.]timer\n((?:#.+\n)+)/;
like($example // q{}, qr/\A#\[section \Q$unit\E\]\n(?:#.+\n)*?#act = (?:disconnect|logoff|message|enforce)$/m,
    'the section that the shipped configuration shows for the timer names its act');

done_testing();
