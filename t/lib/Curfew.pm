# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the black-box tests share: running the programs of the build tree, with
# a bound on everything.
#
#   use Curfew;
#   my $farm = farm("[host ts01]\n[session 3]\nuser = alice\n");
#   my $run = run('check_sessions', '-T', "sim:$farm");
#   is($run->{status}, 0);              # also out, err, seconds, signal, timed_out
#
# Programs with euid 0 believe only what is installed.  So a test run as root
# runs them as "nobody", from copies in a folder of its own below /tmp, and so
# does everybody else, that there be one way only.
package Curfew;

use strict;
use warnings;

use Carp qw(croak);
use Exporter qw(import);
use File::Basename qw(basename);
use File::Copy qw(copy);
use File::Temp ();
use IO::Handle ();
use JSON::PP ();
use POSIX qw(WNOHANG);
use Time::HiRes qw(sleep time);

our @EXPORT = qw(program run start finish stop farm wait_for json tempdir write_file read_file build_dir source_dir
  run_user by_schema may_trace age_by_now);    ## no critic (ProhibitAutomaticExportation)

my $RUN_USER = 'nobody';
my $TIMEOUT  = 60;          # s; what a program may take unless told otherwise
my ($stage, %staged, @running);

sub wait_for(&;$);    ## no critic (ProhibitSubroutinePrototypes)

sub build_dir  { return $ENV{CURFEW_BUILDDIR} // croak 'CURFEW_BUILDDIR is not set' }
sub source_dir { return $ENV{CURFEW_SRCDIR}   // croak 'CURFEW_SRCDIR is not set' }

# The account that the programs run as: a name, or undef for our own.
sub run_user { return $> == 0 ? $RUN_USER : undef }

sub _give {
    my (@paths) = @_;
    return if !defined run_user();
    my ($uid, $gid) = (getpwnam $RUN_USER)[2, 3];
    chown($uid, $gid, @paths) == @paths or croak "chown: $!";
    return;
}

# A folder that the programs may write to; it goes when the test ends.
sub tempdir {
    my $dir = File::Temp->newdir('curfew-test-XXXXXX', DIR => '/tmp');
    chmod 0755, "$dir" or croak "chmod: $!";
    _give("$dir");
    return $dir;
}

# The test's own folder, for files that nobody named a place for.
my $own;

sub _own {
    $own //= tempdir();
    return "$own";
}

# What an independent validator (Debian's) says against a JSON text, by doc/NAME.schema.json; undef: it is not there.
sub by_schema {
    my ($name, $text) = @_;
    my $python = '/usr/bin/python3';
    return if system("$python -c 'import jsonschema' 2>/dev/null") != 0;
    my $code = 'import json,sys,jsonschema as j;s=json.load(open(sys.argv[1]));j.Draft7Validator.check_schema(s);'
      . '[print("/".join(map(str,e.absolute_path)),e.message[:200]) for e in j.Draft7Validator(s).iter_errors(json.load(open(sys.argv[2])))]';
    my $folder = tempdir();
    my $file   = write_file("$folder/output.json", $text);
    return scalar `$python -W ignore -c '$code' @{[source_dir()]}/doc/$name.schema.json $file 2>&1`;
}

sub write_file {
    my ($path, $content) = @_;
    open my $file, '>:raw', $path or croak "$path: $!";
    utf8::encode($content) if utf8::is_utf8($content);
    print {$file} $content or croak "$path: $!";
    close $file or croak "$path: $!";
    _give($path);
    return $path;
}

sub read_file {
    my ($path) = @_;
    open my $file, '<:raw', $path or croak "$path: $!";
    local $/ = undef;
    my $content = <$file>;
    close $file or croak "$path: $!";
    return $content;
}

# Writes a farm file for sim: and returns its path.  Its start is now, but never in the first 2 ms of a second: a logon
# in whole seconds, as a WTSAPI module may tell it, is no birth.  (A file system may have whole seconds only: not for ever.)
my $farms = 0;

sub farm {
    my ($content) = @_;
    my $path = _own() . '/farm' . ++$farms . '.sim';
    for (1 .. 100) {
        write_file($path, $content);
        my $written = (Time::HiRes::stat($path))[9];
        last if $written - int $written >= 0.002;
        sleep 0.001;
    }
    return $path;
}

# What an age of so many s in a farm has become by now, at most.
sub age_by_now {
    my ($farm, $seconds) = @_;
    return $seconds + time - (Time::HiRes::stat($farm))[9];
}

# Where the programs are: in the build tree, or installed below the prefix CURFEW_INSTALLED (debian/tests).
sub _places {
    my $prefix = $ENV{CURFEW_INSTALLED};
    return glob "$prefix/bin/*_sessions $prefix/sbin/curfew-agent $prefix/libexec/curfew/*" if $prefix;
    return glob build_dir() . '/{plugins,handlers,agent}/* ' . build_dir() . '/providers/*/provider-*';
}

# Copies every program that was built, once: the main ones and the workers.
sub _stage {
    return $stage if defined $stage;
    $stage = File::Temp->newdir('curfew-stage-XXXXXX', DIR => '/tmp');
    chmod 0755, "$stage" or croak "chmod: $!";
    for my $built (_places()) {
        next if !-f $built || !-x _ || basename($built) =~ /[.]/;
        _copy($built);
    }
    return $stage;
}

sub _copy {
    my ($from) = @_;
    my $to = "$stage/" . basename($from);
    copy($from, $to) or croak "$from: $!";
    chmod 0755, $to or croak "$to: $!";
    return $staged{basename($from)} = $to;
}

# The path of a program by its name ("check_sessions"), or by its place in the
# build tree ("t/unit/list-tool"); undef if it was not built.
sub program {
    my ($name) = @_;
    return $name if $name =~ m{^/};
    _stage();
    if ($name =~ m{/}) {
        my $built = build_dir() . "/$name";
        return -x $built ? $staged{ basename($name) } // _copy($built) : undef;
    }
    return $staged{$name};
}

sub _environment {
    my ($more) = @_;
    my %clean = (
        PATH              => '/usr/sbin:/usr/bin:/sbin:/bin',
        LC_ALL            => 'C.UTF-8',
        HOME              => _own(),
        SHELL             => '/bin/sh',    # for script(1), which else takes the account's
        CURFEW_LIBEXECDIR => _stage() . q{},
        CURFEW_BINDIR     => _stage() . q{},
        CURFEW_CONFIG     => '/nonexistent/curfew.conf',
        CURFEW_BUILDDIR   => build_dir(),
        CURFEW_SRCDIR     => source_dir(),
    );
    for my $name (qw(ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS)) {
        $clean{$name} = $ENV{$name} if defined $ENV{$name};
    }
    return (%clean, %{ $more // {} });
}

# run('check_sessions', '-T', …, { stdin => TEXT, env => {…}, timeout => SECONDS, dir => PATH })
sub run {
    my (@arguments) = @_;
    return finish(start(@arguments));
}

# The same in two halves; ->{pid} is there to be signalled in between.  The
# program leads its own process group.
sub start {
    my ($name, @arguments) = @_;
    my $options = ref $arguments[-1] eq 'HASH' ? pop @arguments : {};
    my $program = program($name) // croak "$name was not built";
    my %environment = _environment($options->{env});
    my @command     = ($program, @arguments);
    @command = ('setpriv', "--reuid=$RUN_USER", '--regid=' . (getpwnam $RUN_USER)[3], '--clear-groups', '--', @command)
      if defined run_user();
    my ($in, $out, $err) = map { _scratch() } 1 .. 3;
    print {$in} $options->{stdin} // '' or croak "stdin: $!";
    $in->flush;
    seek $in, 0, 0 or croak "seek: $!";
    my $pid = fork // croak "fork: $!";
    if ($pid == 0) {
        _become($in, $out, $err, $options->{dir}, \%environment, @command);
    }
    setpgrp $pid, $pid;
    my $process = {
        pid     => $pid,
        name    => $name,
        begun   => time,
        timeout => $options->{timeout} // $TIMEOUT,
        files   => [$out, $err],
    };
    push @running, $process;
    return $process;
}

# A file without a name, open for both.
sub _scratch {
    open my $file, '+>:raw', undef or croak "scratch file: $!";
    return $file;
}

sub _become {
    my ($in, $out, $err, $dir, $environment, @command) = @_;
    setpgrp 0, 0;
    %ENV = %{$environment};    ## no critic (RequireLocalizedPunctuationVars)
    chdir($dir // _own()) or POSIX::_exit(126);
    POSIX::dup2(fileno $in,  0) // POSIX::_exit(126);
    POSIX::dup2(fileno $out, 1) // POSIX::_exit(126);
    POSIX::dup2(fileno $err, 2) // POSIX::_exit(126);
    { no warnings 'exec'; exec { $command[0] eq 'setpriv' ? '/usr/bin/setpriv' : $command[0] } @command; }
    POSIX::_exit(127);
    return;
}

# Waits for it, not longer than its timeout; then it is killed with its group.
sub finish {
    my ($process) = @_;
    my $ended = wait_for { waitpid($process->{pid}, WNOHANG) == $process->{pid} }
    $process->{timeout} - (time - $process->{begun});
    my $status = $?;
    if (!$ended) {
        kill 'KILL', -$process->{pid}, $process->{pid};
        waitpid $process->{pid}, 0;
        $status = $?;
    }
    @running = grep { $_ != $process } @running;
    my ($out, $err) = map { seek $_, 0, 0; local $/ = undef; <$_> // '' } @{ $process->{files} };
    return {
        status    => $status & 127 ? undef : $status >> 8,
        signal    => $status & 127,
        out       => $out,
        err       => $err,
        seconds   => time - $process->{begun},
        timed_out => !$ended,
    };
}

# Signals it and waits: stop($process, 'TERM').
sub stop {
    my ($process, $signal) = @_;
    kill $signal // 'TERM', $process->{pid};
    return finish($process);
}

# Until the condition holds, at most so many seconds (10): what it was last.
sub wait_for(&;$) {    ## no critic (ProhibitSubroutinePrototypes)
    my ($condition, $seconds) = @_;
    my $end   = time + ($seconds // 60);
    my $pause = 0.001;
    while (1) {
        my $value = $condition->();
        return $value if $value || time >= $end;
        sleep $pause;
        $pause *= 2 if $pause < 0.02;
    }
    return;
}

# Whether strace may trace a program of ours, or the process with this pid, which is not its child.  In CI it has to.
sub may_trace {
    my ($pid)  = @_;
    my $strace = '/usr/bin/strace';
    my $may    = 0;
    if (-x $strace) {
        my $tracer = start($strace, '-qq', '-o', '/dev/null', defined $pid ? ('-p', $pid) : '/bin/true');
        if (defined $pid) {
            my $traced = sub { read_file("/proc/$pid/status") =~ /^TracerPid:\s+$tracer->{pid}$/m };
            wait_for { $traced->() || read_file("/proc/$tracer->{pid}/stat") =~ /[)][ ]Z/x };
            $may = $traced->();
            stop($tracer);
        } else {
            $may = (finish($tracer)->{status} // -1) == 0;
        }
    }
    croak 'in CI nothing may be skipped: there is no strace, or it may not trace here (ptrace)' if !$may && $ENV{CURFEW_CI};
    return $may;
}

# Decodes UTF-8 JSON; dies of bad one.
sub json {
    my ($text) = @_;
    return JSON::PP->new->utf8->decode($text);
}

END {
    my $status = $?;
    for my $process (@running) {
        kill 'KILL', -$process->{pid}, $process->{pid};
        waitpid $process->{pid}, 0;
    }
    $? = $status;    ## no critic (RequireLocalizedPunctuationVars)
}

1;
