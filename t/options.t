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
$folder{$_} = 'handlers' for grep { -x "$build/handlers/$_" } qw(enforce_sessions explain_sessions rehearse_sessions);
$folder{'curfew-agent'} = 'agent' if -x "$build/agent/curfew-agent";
my %service = (
    check_sessions      => 'SESSIONS',
    disconnect_sessions => 'DISCONNECT',
    logoff_sessions     => 'LOG OFF',
    message_sessions    => 'MESSAGE',
    enforce_sessions    => 'ENFORCE',
    rehearse_sessions   => 'REHEARSE',
    explain_sessions    => 'EXPLAIN',
);
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
    my ($short_status, $short, $short_error) = run($name, '--help');
    is $short_status, 3,  "$name --help exits with 3";
    is $short_error,  '', "$name --help says nothing on standard error";
    is_deeply [grep { length > 80 } split /\n/, $short], [], "$name --help fits 80 columns";
    cmp_ok scalar(split /\n/, $short), '<=', 30, 'and 30 lines';
    like $short, qr/^All options: \Q$name\E --help all/m, 'and leads to the rest';
    is_deeply [run($name, '-h')], [3, $short, ''], "$name -h is --help";
    is_deeply [run($name, '-?')], [3, $short, ''], "$name -? is --help";

    my ($status, $help, $error) = run($name, '--help', 'all');
    is $status, 3,  "$name --help all exits with 3";
    is $error,  '', "$name --help all says nothing on standard error";
    my ($text_only) = split /^Examples:$/m, $help;    # a command is not broken
    is_deeply [grep { length > 80 } split /\n/, $text_only], [], "$name --help all fits 80 columns";
    is_deeply [run($name, '--help=all')], [3, $help, ''], "$name --help=all is the same";
    is_deeply [run($name, '-h', 'all')],  [3, $help, ''], "$name -h all is the same";
    like +(run($name, '-V'))[1], qr/\A\Q$name\E [(]Curfew[)] \d+[.]\d+[.]\d+$/m, "$name -V";

    my @options = $help =~ /^(?:[ ]{2}-\w,[ ]|[ ]{6})--([a-z-]+)/mg;
    cmp_ok scalar @options, '>', 15, "$name --help all lists options";
    my %in_full = map { $_ => 1 } @options;
    is_deeply [grep { !$in_full{$_} } $short =~ /^(?:[ ]{2}-\w,[ ]|[ ]{6})--([a-z-]+)/mg], [], 'those of --help too';
    my ($man) = map { slurp($_) } glob "$build/doc/$name.[18]";
    $man =~ s/\\-/-/g;
    my @in_man = $man =~ /^(?:\\fB-\w\\fR, )?\\fB--([a-z-]+)\\fR/mg;
    is_deeply \@in_man, \@options, "the manual page of $name has the same options";
    my $completion = slurp("$build/doc/completions/$name");
    is_deeply [grep { $completion !~ /--\Q$_\E[ )]/ } @options], [], 'so has the completion';
    $completion = slurp("$build/doc/completions/_$name");
    is_deeply [grep { $completion !~ /--\Q$_\E[[=}]/ } @options], [], 'and that of zsh';

    next if $name eq 'curfew-agent';    # no plugin: its errors go to standard error
    for my $bad (['--no-such'], ['-Z'], ['-T'], ['-T', ''], ['--idle-after', '30x', '-T', 'xrdp:'], ["--a\nb"]) {
        my ($code, $usage, $noise) = run($name, @$bad);
        my @lines = split /\n/, $usage;
        is $code,  3,  "$name refuses " . join(' ', map { s/\n/\\n/r } @$bad) . ' with exit status 3';
        is $noise, '', 'nothing on standard error';
        like $lines[0], qr/\A$service{$name} UNKNOWN: /, "an error line: $lines[0]";
        is_deeply [@lines[1 .. $#lines]], ["Try: $name --help"], 'and one that leads on';
    }

    my $config = spew("$dir/bad.conf", "[defaults]\n\nidle-after = 30x\n");
    my ($code, $text) = run($name, '--config', $config, '-T', 'xrdp:');
    is $code, 3, "$name: a bad configuration exits with 3";
    is $text, "$service{$name} UNKNOWN: $config:3: idle-after 30x: not a duration (90s, 30m, 4h, 2d)\n", 'and says where and why';

    ($code, $text) = run($name, '--config', "$dir/none.conf", '-T', 'xrdp:');
    is $code, 3, "$name: a configuration that is named must be there";
    like $text, qr/\A$service{$name} UNKNOWN: cannot read the configuration \Q$dir\E\/none.conf: No such file/, 'and is named';

    # They load without an error: what is wrong is only that there is no such section.
    my %built = map { $_ => 1 } (run($name, '--list-providers'))[1] =~ /^(\S+)/mg;
    for my $where (sort keys %example) {
      SKIP: {
            my ($lacking) = grep { !$built{$_} } slurp($example{$where}) =~ m{^(?:url|members) = .*?\b(\w+):}mg;
            skip "this build has no provider $lacking", 1 if defined $lacking;
            ($code, $text) = run($name, '--config', $example{$where}, '--section', 'nowhere');
            like $text, qr/\A$service{$name} UNKNOWN: --section nowhere: there is no such section in \Q$example{$where}\E\n/, "$name takes the example of $where";
        }
    }
}

# What was meant, in each place where a name is mistyped; and what is wrong in a file.
my $named = spew("$dir/named.conf", "[target farm]\nurl = sim:/srv/farm.sim\n[section night]\ntarget = farm\n");
for my $slip (
    [ q{--section nihgt},                'there is no such section in ' . $named . ' (did you mean night?)' ],
    [ q{-T fram},                        'no target or group is named "fram" (did you mean farm?)' ],
    [ q{-T smi:x},                       'no provider for smi: targets (did you mean sim:?)' ],
    [ q{-T farm -w idel=5},              '--warning: there is no metric "idel" (did you mean idle?)' ],
    [ q{-T farm --idel-after 5m},        'unknown option: --idel-after (did you mean --idle-after?)' ],
    [ q{-T farm --explain=yes},          '--explain takes no value: --explain=yes' ],
    [ q{-T farm --idle-after 30},        '--idle-after 30: a number without a unit (write 30m for minutes, 30s for seconds)' ],
    [ q{-T farm --idle-after 1h30},      '--idle-after 1h30: a number without a unit (write 1h30m for minutes, 1h30s for seconds)' ],
    [ q{-H ts01},                        '--hostname needs --provider (as in -H rds01 -P tsts; --list-providers has all)' ],
    [ q{-T farm --target-timeout 20s -t 5s}, '--target-timeout is longer than --timeout (--timeout is for the whole run: raise it)' ],
    )
{
    my ($line, $wanted) = @$slip;
    my ($code, $text) = run('check_sessions', "--config=$named", split / /, $line);
    is $code, 3, "check_sessions $line exits with 3";
    like $text, qr/\ASESSIONS UNKNOWN: .*\Q$wanted\E\nTry: check_sessions --help\n\z/, '… and says what was meant';
}
for my $slip (
    [ "[defaults]\nidel-after = 5m\n",     2, 'unknown key in a [defaults] section: idel-after (did you mean idle-after?)' ],
    [ "[target a]\nurll = sim:x\n",         1, 'there is no url in target a' ],
    [ "[target a]\nurl = sim:x\ncredential = c\n", 3, 'unknown key in a [target] section: credential (did you mean credentials?)' ],
    [ "[group g]\nmember = a\n",            2, 'unknown key in a [group] section: member (did you mean members?)' ],
    [ "[credentials c]\nfiel = /x\n",       2, 'unknown key in a [credentials] section: fiel (did you mean file?)' ],
    [ "[sections night]\n",                 1, 'unknown section: sections night (did you mean [section NAME]?)' ],
    [ "[defaults]\n= 5\n",                  2, q{no key before the '='} ],
    [ "[]\n",                               1, 'an empty heading' ],
    [ "[target t[1-10001]]\n",              1, 'more than 10000 targets' ],
    [ "[target t[5-1]]\n",                  1, '[5-1]: the range runs backwards' ],
    [ "\xff\xfe[\0d\0e\0",                  1, 'the file is in UTF-16; save it as UTF-8' ],
    [ "[section s]\nidle-over = 30\n",      2, 'idle-over 30: a number without a unit (write 30m for minutes, 30s for seconds)' ],
    )
{
    my ($content, $number, $wanted) = @$slip;
    my $file = spew("$dir/slip.conf", $content);
    is_deeply [run('check_sessions', "--config=$file", '-T', 'xrdp:')],
        [3, "SESSIONS UNKNOWN: $file:$number: $wanted\n", ''], "a configuration is blamed: $wanted";
}

done_testing;
