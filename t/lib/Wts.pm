# SPDX-License-Identifier: GPL-3.0-or-later
#
# t/unit/wts-client, which uses WinPR, told line by line what to do.
package Wts;

use strict;
use warnings;

use Carp qw(croak);
use Exporter qw(import);
use File::Basename qw(dirname);
use File::Copy qw(copy);

use Curfew;

our @EXPORT = qw(wts wts_run wts_start wts_said wts_finish wts_built wts_module wts_sanitized tempdir_kept)
  ;    ## no critic (ProhibitAutomaticExportation)

# A crash is to be a crash, and the signal handlers are to be nobody's, with sanitizers too.
$ENV{ASAN_OPTIONS} = join q{:}, $ENV{ASAN_OPTIONS} // (), map { "handle_$_=0" } qw(segv sigbus sigfpe sigill abort);    ## no critic (RequireLocalizedPunctuationVars)

my ($module, @kept);

# Was the module built, and what it needs to be tried?
sub wts_built { return -x build_dir() . '/wtsapi/curfew-wtsapi.so' && defined program('t/unit/wts-client') }

# A copy of the module where everybody can read it, beside its broker.
sub wts_module {
    return $module if defined $module;
    program('wtsapi/curfew-wtsapi-broker') // croak 'the broker was not built';
    my $path = dirname(program('wtsapi/curfew-wtsapi-broker')) . '/curfew-wtsapi.so';
    copy(build_dir() . '/wtsapi/curfew-wtsapi.so', $path) or croak "$path: $!";
    chmod 0755, $path or croak "$path: $!";
    return $module = $path;
}

sub wts_sanitized { return read_file(build_dir() . '/Makefile') =~ /^SANITIZER_FLAGS = \S/m }

# A folder that lives until the test ends.
sub tempdir_kept {
    push @kept, tempdir();
    return "$kept[-1]";
}

# The program's start: what stands on its input, options { config, libexec, valgrind, timeout }.
sub wts_start {
    my ($lines, %options) = @_;
    my @command = program('t/unit/wts-client');
    my $none    = tempdir_kept() . '/none.conf';
    my %env     = (WTSAPI_LIBRARY => wts_module(), CURFEW_WTSAPI_CONFIG => $options{config} // write_file($none, q{}));
    $env{CURFEW_LIBEXECDIR} = $options{libexec} if defined $options{libexec};
    my $stdin   = join q{}, map { "$_\n" } @{$lines};
    utf8::encode($stdin) if utf8::is_utf8($stdin);
    unshift @command, '/usr/bin/valgrind', '--leak-check=full', '--error-exitcode=99', '--errors-for-leak-kinds=definite'
      if $options{valgrind};
    return start(@command, { stdin => $stdin, env => \%env, timeout => $options{timeout} // 30 });
}

# Waits until so many lines were obeyed.
sub wts_said {
    my ($process, $count) = @_;
    return wait_for {
        my @done = _output($process) =~ /^done=/mg;
        @done >= $count;
    };
}

sub _output {
    my ($process) = @_;
    return read_file("/proc/$$/fd/" . fileno $process->{files}[0]);
}

# What was said to each line: key => [values].
sub wts_finish {
    my ($process) = @_;
    return _results(finish($process));
}

sub _results {
    my ($run) = @_;
    my (@results, %now);
    utf8::decode($run->{out});
    for my $line (split /\n/, $run->{out}) {
        my ($key, $value) = $line =~ /^([\w-]+)=(.*)$/ or croak "not of the program: $line";
        if ($key ne 'done') {
            push @{ $now{$key} }, $value;
            next;
        }
        push @results, {%now};
        %now = ();
    }
    croak "status $run->{status}, $run->{err}" if ($run->{status} // -1) != 0;
    return \@results;
}

sub wts_run {
    my (@arguments) = @_;
    return finish(wts_start(@arguments));
}

sub wts {
    my (@arguments) = @_;
    return _results(wts_run(@arguments));
}

1;
