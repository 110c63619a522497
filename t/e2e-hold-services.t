#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# tools/install-packages starts no server and leaves none enabled for the next boot (tools/hold-services): also when it is
# ended in between.  By the real apt, dpkg, deb-systemd-helper and update-rc.d, in the throw-away root, on a package
# database and a repository that have only the packages made here.  Nothing of the machine's is touched.
use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use File::Path qw(make_path);
use Test::More;

use Daemon qw(install_file missing need slurp wait_until);
use Isolated;

my $patience = 300;    # s; what one installation may take, as long as nothing is wrong

need(missing('apt-get' => 'apt', 'deb-systemd-helper' => 'init-system-helpers', 'dpkg-deb' => 'dpkg'));
Isolated::go_inside();
my $install = "$ENV{CURFEW_SRCDIR}/tools/install-packages";
my $policy  = '/usr/sbin/policy-rc.d';
my $noted   = '/var/lib/curfew-hold-services';

# Runs a command in a process group of its own, its output in a file: (pid, file).
my $runs = 0;
sub begin {
    my (@command) = @_;
    my $log = '/srv/log.' . $runs++;
    my $pid = fork // die "fork: $!";
    return ($pid, $log) if $pid > 0;
    setpgrp 0, 0;
    open STDIN,  '<', '/dev/null' or die "/dev/null: $!";
    open STDOUT, '>', $log        or die "$log: $!";
    open STDERR, '>&', \*STDOUT   or die "dup: $!";
    my @env = ('PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'LC_ALL=C.UTF-8', 'HOME=/root', 'DEBIAN_FRONTEND=noninteractive');
    exec 'env', '-i', @env, @command or die "env: $!";
}

# Waits for it, and ends it if it takes too long: (exit status, output).
sub end {
    my ($pid, $log) = @_;
    my $status;
    wait_until($patience, sub { waitpid($pid, 1) == $pid and defined($status = $?) });
    if (!defined $status) {
        kill KILL => -$pid;
        waitpid $pid, 0;
        return (-1, slurp($log) . "not done within " . $patience . " s\n");
    }
    return ($status & 127 ? -($status & 127) : $status >> 8, slurp($log));
}

sub did {
    my (@command) = @_;
    my ($status, $said) = end(begin(@command));
    is($status, 0, "@command") or diag $said;
    return $said;
}

# What starts at boot.
sub enabled {
    my @links = map {glob} '/etc/systemd/system/*.{wants,requires}/*', '/etc/rc[2-5].d/S*';
    @links = sort grep {-l} @links;
    return @links;
}

# A package with a server, as debhelper makes one: a unit, and a script that notes that it was started.
sub make_package {
    my ($name, %more) = @_;
    my $tree = "/srv/$name";
    my $waits = $more{waits} ? <<'END' : q{};
: >/srv/waiting
i=0
until [ -e /srv/go ] || [ $i -ge 600 ]; do sleep 0.1; i=$((i + 1)); done
END
    install_file("$tree/DEBIAN/control", oct 644, <<"END");
Package: $name
Version: 1
Architecture: all
Maintainer: Curfew's tests <nobody\@localhost>
Description: a server that is none
END
    install_file("$tree/DEBIAN/postinst", oct 755, <<"END");
#!/bin/sh
set -e
${waits}deb-systemd-helper unmask $name.service >/dev/null
if deb-systemd-helper --quiet was-enabled $name.service; then
    deb-systemd-helper enable $name.service >/dev/null
else
    deb-systemd-helper update-state $name.service >/dev/null
fi
update-rc.d $name defaults >/dev/null
invoke-rc.d $name start
END
    install_file("$tree/DEBIAN/postrm", oct 755, <<"END");
#!/bin/sh
set -e
[ "\$1" != remove ] || deb-systemd-helper mask $name.service >/dev/null
[ "\$1" != purge ] || update-rc.d $name remove >/dev/null
[ "\$1" != purge ] || deb-systemd-helper purge $name.service >/dev/null
[ "\$1" != purge ] || deb-systemd-helper unmask $name.service >/dev/null
END
    install_file("$tree/lib/systemd/system/$name.service", oct 644,
        "[Unit]\nDescription=$name\n[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n");
    install_file("$tree/etc/init.d/$name", oct 755, <<"END");
#!/bin/sh
### BEGIN INIT INFO
# Provides: $name
# Required-Start:
# Required-Stop:
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
### END INIT INFO
echo "\$1" >>/srv/$name.asked
END
    did('dpkg-deb', '--root-owner-group', '-b', $tree, "/srv/repository/$name.deb");
    my $bytes = slurp("/srv/repository/$name.deb");
    return slurp("$tree/DEBIAN/control") . "Filename: ./$name.deb\nSize: " . length($bytes) . "\nSHA256: " . sha256_hex($bytes) . "\n\n";
}

# An empty database of packages, and our repository.
for my $folder (qw(/var/lib/dpkg /var/lib/apt /var/cache/apt /etc/apt /srv)) {
    make_path($folder);
    system(qw(mount -t tmpfs -o mode=755 tmpfs), $folder) == 0 or BAIL_OUT("cannot mount a tmpfs on $folder");
}
make_path(map {"/var/lib/dpkg/$_"} qw(info updates triggers alternatives parts));
install_file('/var/lib/dpkg/status', oct 644, q{});
install_file('/etc/apt/sources.list', oct 644, "deb [trusted=yes] file:/srv/repository ./\n");
make_path('/etc/apt/apt.conf.d', '/etc/apt/preferences.d', '/srv/repository');
unlink $policy, $noted;
my $index = join q{}, map { make_package($_) } qw(early-server curfew-server systemd-curfew);
$index .= make_package('slow-server', waits => 1);
install_file('/srv/repository/Packages', oct 644, $index);
install_file('/srv/list',      oct 644, "early-server\ncurfew-server\nsystemd-curfew\n");
install_file('/srv/list-slow', oct 644, "early-server\ncurfew-server\nslow-server\n");

# invoke-rc.d wants to know what has been booted, and starts nothing where there is no init (a container).
install_file('/usr/sbin/runlevel', oct 755, "#!/bin/sh\necho N 2\n");
install_file('/usr/sbin/init', oct 755, "#!/bin/sh\n") if !-e '/sbin/init';

# What Debian does by itself, or none of the points below would mean anything.
did('apt-get', '-q', 'update');
did('apt-get', '-q', '-y', 'install', 'early-server');
is(slurp('/srv/early-server.asked'), "start\n", 'without us, Debian starts a server that it installs');
my @before = enabled();
is(scalar(grep {m{/(?:S\d\d)?early-server(?:[.]service)?$}} @before), 5, '... and enables it for the next boot')
  or diag join "\n", @before;

my $said = did($install, '/srv/list');
like($said, qr/^installing 2 packages; servers among them are neither started nor enabled/m, 'it says so beforehand');
like($said, qr/^  curfew-server$/m, '... and afterwards what it disabled') or diag $said;
ok(!-e '/srv/curfew-server.asked', 'a server was not started');
is_deeply([grep {/curfew-server/} enabled()], [], '... and is not enabled');
ok(scalar(grep {/systemd-curfew[.]service$/} enabled()), "what is systemd's own stays enabled");
my $kept = join "\n", grep {!/systemd-curfew/} enabled();
is($kept, join("\n", @before), 'one that was enabled before stays so');
ok(!-e $policy && !-e $noted, 'nothing of ours is left');
did('apt-get', '-q', '-y', 'install', '--reinstall', 'curfew-server');
is_deeply([grep {/curfew-server/} enabled()], [], 'a reinstallation does not enable it');
is(did($install, '/srv/list'), "all there\n", 'a second time there is nothing to do');
my @held = enabled();

# Ended in the middle: a package is unpacked, and will enable and start its server soon, for apt's dpkg is in a process
# group of its own and goes on.
sub interrupt {
    my ($signal) = @_;
    unlink '/srv/go', '/srv/waiting', '/srv/slow-server.asked';
    my ($pid, $log) = begin($install, '/srv/list-slow');
    ok(wait_until($patience, sub { -e '/srv/waiting' }), "SIG$signal: in the middle") or diag slurp($log);
    is(system("$policy >/dev/null") >> 8, 101, '... a policy forbids to start servers');
    kill $signal => -$pid;
    return ($pid, $log);
}

# dpkg goes on, and is waited for.
sub go_on {
    install_file('/srv/go', oct 644, q{});
    ok(wait_until($patience, sub { !dpkg_runs() }), '... dpkg came to its end');
    return;
}

sub dpkg_runs {
    return scalar grep { slurp($_) =~ m{\A(?:/usr/bin/)?dpkg\0} } glob '/proc/[0-9]*/cmdline';
}

sub nothing_is_left {
    is_deeply([enabled()], \@held, '... no server more is enabled than before');
    ok(!-e '/srv/slow-server.asked', '... and none was started');
    ok(!-e $policy && !-e $noted, '... and nothing of ours is left');
    return;
}

my ($pid, $log) = interrupt('TERM');
ok(wait_until($patience, sub { slurp($log) =~ /^waiting for dpkg/m }), '... dpkg is waited for, as it is not ended');
ok(-x $policy, '... and servers are held until then');
go_on();
(my $status, $said) = end($pid, $log);
is($status, 130, '... ended') or diag $said;
like($said, qr/^interrupted: run it again/m, '... it says what to do');
nothing_is_left();
did('dpkg', '--configure', '-a');
did($install, '/srv/list-slow');
did('dpkg', '--purge', 'slow-server');

($status) = end(interrupt('KILL'));
is($status, -9, '... ended');
ok(-x $policy && -e $noted, '... nothing could be undone, and servers are still held');
go_on();
did('dpkg', '--configure', '-a');
cmp_ok(scalar(enabled()), '>', scalar(@held), '... the package has enabled its server');
$said = did($install, '/srv/list-slow');
like($said, qr/^  slow-server$/m, '... the next run makes it good');
unlike($said, qr/installing/, '... though nothing is missing');
nothing_is_left();
did('dpkg', '--purge', 'slow-server');

# A machine with a policy of its own.
install_file($policy, oct 755, "#!/bin/sh\n# the machine's own\nexit 101\n");
did($install, '/srv/list-slow');
like(slurp($policy), qr/^# the machine's own$/m, "a policy of the machine's own stays");
is_deeply([enabled()], \@held, '... and no server more is enabled');
done_testing;
