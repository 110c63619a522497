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
my $dir = tempdir(CLEANUP => 1);

# Root believes only what belongs to root: a checkout of somebody else's is not that.
my $example = "$dir/curfew.conf.example";

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

spew($example, slurp("$source/contrib/curfew.conf.example"));

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
    my $man = slurp("$build/doc/$name.1");
    $man =~ s/\\-/-/g;
    my @in_man = $man =~ /^(?:\\fB-\w\\fR, )?\\fB--([a-z-]+)\\fR/mg;
    is_deeply \@in_man, \@options, "$name.1 has the same options";
    my $completion = slurp("$build/doc/completions/$name");
    is_deeply [grep { $completion !~ /--\Q$_\E[ )]/ } @options], [], 'so has the completion';

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

    # Loads without an error: what is wrong is only that there is no such section.
  SKIP: {
        my $providers = (run($name, '--list-providers'))[1];
        skip 'this build lacks providers of the example', 1 if $providers !~ /^sim /m || $providers !~ /^xrdp /m;
        ($code, $text) = run($name, '--config', $example, '--section', 'nowhere');
        like $text, qr/\AUNKNOWN: --section nowhere: there is no such section/, "$name takes the example";
    }
}

done_testing;
