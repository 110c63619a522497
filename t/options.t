#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Black box: help, usage, manual and configuration errors of each program agree.
use strict;
use warnings;

use File::Temp qw(tempdir);
use Test::More;

my $build  = $ENV{CURFEW_BUILDDIR} // '.';
my $source = $ENV{CURFEW_SRCDIR}   // '.';
my %folder = (
    check_sessions      => 'plugins',
    disconnect_sessions => 'handlers',
    logoff_sessions     => 'handlers',
    message_sessions    => 'handlers',
);
$folder{'curfew-agent'} = 'agent' if -x "$build/agent/curfew-agent";
my $dir = tempdir(CLEANUP => 1);

# Exit status, standard output and standard error of a program.
sub run {
    my ($name, @arguments) = @_;
    my $program = "$build/$folder{$name}/$name";
    my $pid     = fork // die "fork: $!";
    if (!$pid) {
        open STDIN,  '<', '/dev/null'    or die;
        open STDOUT, '>', "$dir/out"     or die;
        open STDERR, '>', "$dir/err"     or die;
        exec {$program} $name, @arguments or die "$program: $!";
    }
    waitpid $pid, 0;
    return ($? & 127 ? -1 : $? >> 8, slurp("$dir/out"), slurp("$dir/err"));
}

sub slurp {
    my ($path) = @_;
    open my $file, '<', $path or die "$path: $!";
    local $/ = undef;
    return scalar <$file>;
}

sub spew {
    my ($path, $text) = @_;
    open my $file, '>', $path or die "$path: $!";
    print {$file} $text;
    close $file or die "$path: $!";
    chmod 0644, $path;
    return $path;
}

# What people copy from.  Root believes only what belongs to root: a checkout of somebody else's is not that.
my ($page) = slurp("$source/doc/curfew.conf.5") =~ /^[.]SH EXAMPLES\n[.]EX\n(.*?)^[.]EE$/ms;
$page =~ s/\\-/-/g;
$page =~ s/\\e/\\/g;
my %example = (
    'contrib/curfew.conf'        => spew("$dir/curfew.conf", slurp("$build/contrib/curfew.conf")),
    'contrib/curfew-remote.conf' => spew("$dir/remote.conf", slurp("$source/contrib/curfew-remote.conf")),
    'curfew.conf(5)'             => spew("$dir/manual.conf", $page),
);

for my $name (sort keys %folder) {
    my ($status, $help, $error) = run($name, '--help');
    is $status, 3,  "$name --help exits with 3";
    is $error,  '', "$name --help says nothing on standard error";
    my ($text_only) = split /^Examples:$/m, $help;    # a command is not broken
    is_deeply [grep { length > 80 } split /\n/, $text_only], [], "$name --help fits 80 columns";
    is_deeply [run($name, '-h')], [3, $help, ''], "$name -h is --help";
    is_deeply [run($name, '-?')], [3, $help, ''], "$name -? is --help";
    like +(run($name, '-V'))[1], qr/\A\Q$name\E [(]Curfew[)] \d+[.]\d+[.]\d+$/m, "$name -V";

    my @options = $help =~ /^(?:[ ]{2}-\w,[ ]|[ ]{6})--([a-z-]+)/mg;
    cmp_ok scalar @options, '>', 15, "$name --help lists options";
    my ($man) = map { slurp($_) } glob "$build/doc/$name.[18]";
    $man =~ s/\\-/-/g;
    my @in_man = $man =~ /^(?:\\fB-\w\\fR, )?\\fB--([a-z-]+)\\fR/mg;
    is_deeply \@in_man, \@options, "the manual page of $name has the same options";
    my $completion = slurp("$build/doc/completions/$name");
    is_deeply [grep { $completion !~ /--\Q$_\E[ )]/ } @options], [], 'so has the completion';

    next if $name eq 'curfew-agent';    # no plugin: its errors go to standard error
    for my $bad (['--no-such'], ['-Z'], ['-T'], ['-T', ''], ['--idle-after', '30x', '-T', 'xrdp:'], ["--a\nb"]) {
        my ($code, $usage, $noise) = run($name, @$bad);
        my @lines = split /\n/, $usage;
        is $code,  3,  "$name refuses " . join(' ', map { s/\n/\\n/r } @$bad) . ' with exit status 3';
        is $noise, '', 'nothing on standard error';
        like $lines[0], qr/\AUNKNOWN: /, "an error line: $lines[0]";
        like $lines[1], qr/\AUsage: \Q$name\E /, 'then the usage';
        cmp_ok scalar @lines, '<=', 24, 'one error line and at most 23 of usage';
        is_deeply [grep { length > 80 } @lines], [], 'of at most 80 columns';
    }

    my $config = spew("$dir/bad.conf", "[defaults]\n\nidle-after = 30x\n");
    my ($code, $text) = run($name, '--config', $config, '-T', 'xrdp:');
    is $code, 3, "$name: a bad configuration exits with 3";
    is $text, "UNKNOWN: $config:3: idle-after 30x: not a duration (90s, 30m, 4h, 2d)\n", 'and says where and why';

    ($code, $text) = run($name, '--config', "$dir/none.conf", '-T', 'xrdp:');
    is $code, 3, "$name: a configuration that is named must be there";
    like $text, qr/\AUNKNOWN: \Q$dir\E\/none.conf: No such file/, 'and is named';

    # They load without an error: what is wrong is only that there is no such section.
    my %built = map { $_ => 1 } (run($name, '--list-providers'))[1] =~ /^(\S+)/mg;
    for my $where (sort keys %example) {
      SKIP: {
            my ($lacking) = grep { !$built{$_} } slurp($example{$where}) =~ m{^(?:url|members) = .*?\b(\w+):}mg;
            skip "this build has no provider $lacking", 1 if defined $lacking;
            ($code, $text) = run($name, '--config', $example{$where}, '--section', 'nowhere');
            like $text, qr/\AUNKNOWN: --section nowhere: there is no such section/, "$name takes the example of $where";
        }
    }
}

done_testing;
