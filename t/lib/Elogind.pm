# SPDX-License-Identifier: GPL-3.0-or-later
# Elogind - systemd's logind without systemd, with a system bus of its own, in the
# throw-away root (t/isolate), and logins at a terminal to fill it.
#
#   outside:  Elogind::fetch() or skip;  exit Elogind::isolate(PROGRAM, …);
#   inside:   Elogind::start_bus($dir);  Elogind::start($dir);  Elogind::pam($Elogind::session);
#            Elogind::log_in($dir, 'alice', '192.0.2.7');
package Elogind;

use strict;
use warnings;

use File::Basename qw(dirname);
use File::Path qw(make_path);
use IO::Handle ();
use IO::Socket::UNIX ();
use POSIX ();
use Socket qw(SOCK_DGRAM);
use Time::HiRes qw(time);

use Curfew qw(build_dir read_file source_dir wait_for);

# Its packages exclude systemd's, so they are unpacked, not installed.
our $packages       = build_dir() . '/t/elogind';
our $root     = "$packages/root";
our $session  = 'session required ' . (_unpacked('lib/*/security/pam_elogind.so') // 'none');    # for PAM

# The one thing that a new root does not make private: elogind's cgroup hierarchy is the kernel's.  So whoever
# needs it lives in a cgroup of its own there, seen as the root through a cgroup namespace.  So does process 1:
# elogind takes the root from its cgroup.
my $enter_cgroup = <<'END';
set -e
mkdir /run/hierarchy
mount -t cgroup -o none,name=elogind cgroup /run/hierarchy || exit 77
mkdir "/run/hierarchy/$1"
for pid in 1 $$; do
	echo $pid >"/run/hierarchy/$1/cgroup.procs"
done
umount /run/hierarchy
shift
exec unshare --cgroup "$@"
END
my $remove_cgroup = <<'END';
mount -t cgroup -o none,name=elogind cgroup /mnt 2>/dev/null || exit 0
find "/mnt/$1" -depth -type d -exec rmdir {} +
END

# The programs that all this needs and this machine lacks.
sub missing {
    return grep {
        my $program = $_;
        !grep { -x "$_/$program" } qw(/usr/bin /bin /usr/sbin /sbin)
    } qw(apt-get dbus-daemon dpkg-deb login script setpriv unshare useradd);
}

# A file of the packages: below / in Debian 12, below /usr in 13.
sub _unpacked {
    my ($path) = @_;
    my ($found) = grep { -e } glob "$root/$path $root/usr/$path";
    return $found;
}

sub fetch {
    return 1 if -d $root;
    system('mkdir', '-p', $packages) == 0 or return 0;
    my $download = 'timeout 120 apt-get download elogind libelogind0 libpam-elogind';
    # An image often comes without apt's lists, or with old ones.
    my $fetch = qq{cd "\$1" && { $download || { timeout 120 apt-get -q update && $download; } || { timeout 120 apt-get -q update && $download; }; }}
      . ' && for package in *.deb; do dpkg-deb -x "$package" root.new || exit 1; done && mv root.new root';
    return system('sh', '-c', "{ $fetch; } >\"\$1/log\" 2>&1", 'sh', $packages) == 0;
}

# The wait status of a command in a throw-away root where start() works; 77 as exit status: not on this machine.
sub isolate {
    my (@command) = @_;
    my $cgroup = "curfew-test-$$-" . int time;
    my $status = system source_dir() . '/t/isolate/isolate', '/bin/sh', '-c', $enter_cgroup, 'sh', $cgroup, @command;
    system 'unshare', '--mount', 'sh', '-c', $remove_cgroup, 'sh', $cgroup;
    return $status;
}

# A file of root's, in the throw-away root.
sub write_text {
    my ($path, $text) = @_;
    open my $file, '>:raw', $path or die "$path: $!";
    print {$file} $text;
    close $file or die "$path: $!";
    return;
}

sub _spawn {
    my ($log, @command) = @_;
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        open STDOUT, '>', $log or POSIX::_exit(127);
        open STDERR, '>&', \*STDOUT or POSIX::_exit(127);
        exec @command or POSIX::_exit(127);
    }
    return $pid;
}

# loginctl and busctl are independent readers.
sub tool {
    my (@command) = @_;
    open my $pipe, '-|', 'sh', '-c', 'exec "$@" 2>/dev/null', 'sh', @command or die "$command[0]: $!";
    local $/ = undef;
    my $text = <$pipe>;
    close $pipe;
    return $text // q{};
}

sub loginctl { return tool(_unpacked('bin/loginctl'), @_) }

# The pid of a system bus that nobody but us starts anything on; logs go to the folder.
sub start_bus {
    my ($dir) = @_;
    make_path('/usr/share/dbus-1/system.d');
    my $policy = 'usr/share/dbus-1/system.d/org.freedesktop.login1.conf';
    # Debian 12 has the daemon and its library in /lib/elogind, 13 in two folders below /usr.
    for my $path (qw(lib/elogind usr/libexec/elogind usr/lib/*/elogind etc/elogind), $policy) {
        for my $from (grep { -e } glob "$root/$path") {
            my $folder = dirname(substr $from, length $root);
            system('cp', '-r', $from, "$folder/") == 0 or die "cp $from\n";
        }
    }
    unlink '/usr/share/dbus-1/system-services/org.freedesktop.login1.service';
    my $pid = _spawn("$dir/bus.log", 'dbus-daemon', '--system', '--nofork', '--nopidfile');
    wait_for { -S '/run/dbus/system_bus_socket' } or die "no system bus\n";
    return $pid;
}

# Likewise elogind's, once it answers.
sub start {
    my ($dir) = @_;
    mkdir '/run/systemd';
    mkdir '/sys/fs/cgroup/elogind';
    system('mount', '-t', 'cgroup', '-o', 'none,name=elogind', 'cgroup', '/sys/fs/cgroup/elogind') == 0
      or die "no cgroup hierarchy for elogind\n";
    my ($daemon) = grep { -f && -x } qw(/lib/elogind/elogind /usr/libexec/elogind);
    my $pid = _spawn("$dir/elogind.log", $daemon // 'elogind');
    wait_for { loginctl('list-sessions') =~ /sessions/ } or die "elogind does not answer\n";
    return $pid;
}

# elogind 255.17 (Debian 13) looks once whether a session that closes can go, and not again if its leader ends
# after that.  A word at the socket of its cgroup agent, which the kernel starts outside of our root, makes it look
# again: it decides by itself.
sub look_again {
    my $socket = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Peer => '/run/systemd/cgroups-agent') or return;
    $socket->send($_) for map { m{/([^/.]+)$} ? $1 : () } glob '/run/systemd/sessions/*';
    return;
}

# What login(1) does at a login: that of Debian 13 has another service's name where it is told a host.
sub pam {
    my (@lines) = @_;
    my $text = join "\n", 'auth required pam_permit.so', 'account required pam_permit.so', @lines, q{};
    write_text("/etc/pam.d/$_", $text) for qw(login remote);
    return;
}

# Desktops of xrdp's are logins of logind's, too.
sub pam_for_xrdp {
    my $path = '/etc/pam.d/xrdp-sesman';
    write_text($path, read_file($path) . "\n$session\n");
    return;
}

# Somebody at a terminal: login(1) below script(1), whose input is our pipe and whose screen is a file.
# Returns { pid, keyboard, screen } once there is a prompt, nothing if there is none.
sub log_in {
    my ($dir, $user, $host, $name) = @_;
    my $screen = "$dir/" . ($name // $user) . '.screen';
    unlink $screen;    # of a login before
    pipe my $keys, my $keyboard or die "pipe: $!";
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        close $keyboard;
        POSIX::dup2(fileno $keys, 0);
        open STDOUT, '>', '/dev/null' or POSIX::_exit(127);
        exec 'script', '-qfc', "exec login -h $host -f $user", $screen or POSIX::_exit(127);
    }
    close $keys;
    $keyboard->autoflush(1);
    wait_for { -s $screen && read_file($screen) =~ /[\$#] / } 60 or return;
    return { pid => $pid, keyboard => $keyboard, screen => $screen };
}

# The terminal of this login, which is in utmp then.  Since Debian 13 login(1) leaves that to nobody, so that
# the record is ours, as login(1) of Debian 12 wrote it (utmp(5), Linux on 64 bits and x86).
sub in_utmp {
    my ($user, $host) = @_;
    my ($shell) = map { [split] } qx{ps -o ppid=,tty= -u $user} or return;
    my ($pid, $tty) = @{$shell};
    return $tty if index(read_file('/run/utmp'), $user) >= 0;
    open my $utmp, '>>:raw', '/run/utmp' or die "utmp: $!";
    print {$utmp} pack 's x2 l a32 a4 a32 a256 s2 l l l a16 x20', 7, $pid, $tty, substr($tty, -4), $user, $host, 0, 0, 0,
      time, 0, pack 'C4', split /[.]/, $host;
    close $utmp or die "utmp: $!";
    return $tty;
}

1;
