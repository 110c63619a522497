# SPDX-License-Identifier: GPL-3.0-or-later
# Daemon - other people's servers, started by hand for a test and always stopped.
#
# As root a server runs as the packages' account "nagios", else as ourselves.
# Everything it writes is in one folder, and everything waits for conditions.
package Daemon;

use strict;
use warnings;

use Carp qw(croak);
use Exporter qw(import);
use File::Path qw(make_path);
use File::Temp ();
use IO::Socket::INET ();
use IO::Socket::UNIX ();
use List::Util qw(min);
use POSIX qw(:sys_wait_h);
use Socket qw(SOCK_DGRAM);
use Time::HiRes qw(sleep time);

our @EXPORT_OK = qw(account as_account capture contrib free_port install_file missing need slurp spew wait_until workdir);

# wait_until(SECONDS, CODE): CODE's first true value, or nothing when the time is over.
sub wait_until {
    my ($seconds, $code) = @_;
    my $end = time + $seconds;
    while (1) {
        my $value = $code->();
        return $value if $value;
        return if time >= $end;
        sleep 0.05;
    }
}

# The account of the servers, and the prefix of a command line that becomes it.
# Nothing of our environment goes along; a server dies with us in any case.
sub account { return $> == 0 ? 'nagios' : scalar getpwuid $> }

sub as_account {
    my @identity = $> == 0 ? (map({"--re$_=nagios"} qw(uid gid)), '--clear-groups') : ();
    return ('setpriv', @identity, '--pdeathsig=KILL',
        'env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/nonexistent', 'LC_ALL=C.UTF-8',
        map({"$_=$ENV{$_}"} grep {defined $ENV{$_}} qw(ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS)));
}

# The standard output of a command that takes at most a minute.
sub capture {
    my (@command) = @_;
    open my $pipe, '-|', 'timeout', '-k1', '60', @command or croak "$command[0]: $!";
    my $text = do { local $/ = undef; <$pipe> };
    close $pipe;    # the status is in $?
    return $text // q{};
}

# A folder that the account owns; it goes when the test ends.
sub workdir {
    my $dir = File::Temp->newdir('curfew-XXXXXX', TMPDIR => 1);
    chmod oct(755), $dir or croak "chmod $dir: $!";
    give("$dir");
    return $dir;
}

# Hands a file or folder to the account.
sub give {
    my ($path) = @_;
    return if $> != 0;
    my ($uid, $gid) = (getpwnam account())[2, 3];
    chown $uid, $gid, $path or croak "chown $path: $!";
    return;
}

sub slurp {
    my ($path) = @_;
    open my $file, '<', $path or return '';
    local $/ = undef;
    my $text = <$file>;
    close $file;
    return $text // '';
}

# Writes a file for the account, and the folders above it.
sub spew {
    my ($path, $text) = @_;
    (my $dir = $path) =~ s{/[^/]+$}{};
    give($_) for make_path($dir);
    open my $file, '>', $path or croak "$path: $!";
    print {$file} $text;
    close $file or croak "$path: $!";
    give($path);
    return $path;
}

# A file of root's with this mode, for the throw-away root.
sub install_file {
    my ($path, $mode, $text) = @_;
    (my $dir = $path) =~ s{/[^/]+$}{};
    make_path($dir, {mode => oct 755});
    open my $file, '>', "$path.new" or croak "$path: $!";
    print {$file} $text;
    close $file or croak "$path: $!";
    chmod $mode, "$path.new" or croak "$path: $!";
    rename "$path.new", $path or croak "$path: $!";
    return;
}

# The text of a shipped contrib file, our programs' folder put in as configure would.
sub contrib {
    my ($name, %dir) = @_;
    my $base = ($ENV{CURFEW_SRCDIR} // q{.}) . "/contrib/$name";
    my $text = slurp("$base.in") || slurp($base) || croak "no $base";
    $text =~ s/\@(\w+)\@/$dir{$1} \/\/ croak "$base: nothing for $1"/ge;
    return $text;
}

my $EPHEMERAL = 32_768;    # the first that the kernel hands out, unless told otherwise
my @kept;

# A port for a server that binds it later, by TCP or UDP: no other test's, as long as this one runs.  It is below those
# that the kernel hands out, so that neither a client nor a bind to port 0 gets it meanwhile.
sub free_port {
    my ($handed_out) = slurp('/proc/sys/net/ipv4/ip_local_port_range') =~ /^(\d+)/;
    my ($first, $end) = (20_000, min($handed_out // $EPHEMERAL, $EPHEMERAL));
    $first = 1025 if $end < $first + 1000;
    ($first, $end) = (20_000, $EPHEMERAL) if $end < $first + 1000;    # no room below: then one may
    my ($count, $begin) = ($end - $first, int rand $end - $first);
    for my $port (map { $first + ($begin + $_) % $count } 0 .. $count - 1) {
        # Whoever has this abstract socket has the port.  It goes with its process, and is as much per network as a port is.
        my $mark = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => "\0curfew-test-port-$port") or next;
        next if grep { !IO::Socket::INET->new(Proto => $_, LocalAddr => '0.0.0.0', LocalPort => $port) } qw(tcp udp);
        push @kept, $mark;
        return $port;
    }
    croak "no port from $first to @{[$end - 1]} is free: $!";
}

# What of (program => Debian package, …) this machine lacks, as a sentence; '' = nothing.
sub missing {
    my (%wanted) = @_;
    my @packages;
    for my $program (sort keys %wanted) {
        my @paths = $program =~ m{/} ? $program : map {"$_/$program"} split(/:/, $ENV{PATH}), '/usr/sbin', '/sbin';
        push @packages, $wanted{$program} if !grep {-x} @paths;
    }
    return @packages ? 'needs Debian\'s ' . join ', ', @packages : q{};
}

# need(REASON): nothing if the reason is empty; else the whole test is skipped, or fails in CI.
sub need {
    my ($reason) = @_;
    return if !$reason;
    require Test::More;
    Test::More::BAIL_OUT("in CI nothing may be skipped: $reason") if $ENV{CURFEW_CI};
    Test::More::plan(skip_all => $reason);
    return;
}

# start(LOG, COMMAND…): a server in a process group of its own, its output in LOG.
sub start {
    my ($class, $log, @command) = @_;
    my $pid = fork // croak "fork: $!";
    if (!$pid) {
        setpgrp 0, 0;
        open STDIN,  '<',  '/dev/null' or POSIX::_exit(126);
        open STDOUT, '>>', $log        or POSIX::_exit(126);
        open STDERR, '>&', \*STDOUT    or POSIX::_exit(126);
        exec {$command[0]} @command or POSIX::_exit(127);
    }
    return bless {pid => $pid, log => $log, owner => $$}, $class;
}

sub alive {
    my ($self) = @_;
    return if !$self->{pid};
    return 1 if waitpid($self->{pid}, WNOHANG) == 0;
    delete $self->{pid};
    return;
}

sub stop {
    my ($self) = @_;
    my $pid = $self->{pid} // return;
    kill TERM => -$pid;
    wait_until(5, sub { !$self->alive });
    kill KILL => -$pid;    # whatever of the group outlived it
    waitpid $pid, 0 if delete $self->{pid};
    return;
}

sub DESTROY {
    my ($self) = @_;
    local ($?, $!, $@);
    $self->stop if $self->{owner} == $$;
    return;
}

1;
