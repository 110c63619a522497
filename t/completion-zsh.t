#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# zsh's completion, as a real zsh on a terminal does it.  What it knows is the same as for bash: t/completion.t.
use strict;
use warnings;

use File::Copy qw(copy);
use Test::More;

use Curfew;

if (!-x '/usr/bin/zsh') {
    plan skip_all => 'no zsh' if !$ENV{CURFEW_CI};
    BAIL_OUT('no zsh: in CI nothing may be skipped');
}
my $check  = program('check_sessions');
my $dir    = tempdir();
my $config = "$dir/curfew.conf";
open my $file, '>', $config or die "$config: $!";
print {$file} <<'END';
[target farm1]
url = sim:/srv/farm.sim
[target $(touch$IFS.hurt)]
url = sim:/srv/farm.sim
[target host[01-20]]
url = sim:/srv/farm.sim#host[01-20]
[group  fleet]
members = farm1
[section night]
target = fleet
[section noon]
target = fleet
END
close $file or die "$config: $!";

# The account that the shell runs as may not see the tree.
copy(source_dir() . "/t/lib/$_", "$dir/$_") or die "$_: $!" for qw(complete.zsh complete-setup.zsh);
mkdir "$dir/completions" or die "$dir/completions: $!";
copy(build_dir() . '/doc/completions/_check_sessions', "$dir/completions/_check_sessions") or die "_check_sessions: $!";

# What is typed before TAB, what zsh offers, and what then stands on the line if it is another word.
my $with  = "--config $config";
my @cases = (
    ['--idl',                      ['--idle-after'], '--idle-after='],
    ['--output ',                  [qw(json text)]],
    ['--output=j',                 ['json'], '--output=json '],
    ['--help ',                    ['all'],  '--help all '],
    ['-w oldest',                  [qw(oldest_disconnected oldest_idle)], '-w oldest_'],
    ['--critical=unr',             ['unreachable'], '--critical=unreachable='],
    ['--state active,disc',        ['disconnected'], '--state active,disconnected,'],
    ['-T si',                      [qw(sim sim+worker)], '-T sim'],
    ['-T sim+',                    ['sim+worker'],       '-T sim+worker:'],
    ['-P sim+',                    ['sim+worker'],       '-P sim+worker '],
    ["$with --section ",           [qw(night noon)],     "$with --section n"],
    ["$with --section=ni",         ['night'],            "$with --section=night "],
    ["$with -T f",                 [qw(farm1 fleet)]],
    ["--config=$config -Tfl",      ['fleet'],            "--config=$config -Tfleet "],
    ["$with -T ho",                ['host[01-20]'],        "$with -T host\\[01-20\\] "],
    ["$with -T \\\$",              ['$(touch$IFS.hurt)'], "$with -T \\\$\\(touch\\\$IFS.hurt\\) "],
    ["--config $dir/no --section ", []],
    ['-v ',                        undef],
);
my $out = "$dir/out";
my $run = run(
    '/usr/bin/zsh', '-f', "$dir/complete.zsh", "$dir/completions", $out,
    (map { "$check $_->[0]" } @cases),
    { dir => "$dir", env => { COMPLETE_SETUP => "$dir/complete-setup.zsh", HOME => "$dir", TERM => 'dumb' }, timeout => 120 }
);
is($run->{err}, q{}, 'no noise');

my (@answers, @offered);
open my $written, '<', $out or die "$out: $!";
while (my $line = <$written>) {
    chomp $line;
    if ($line =~ /^offer (.*)\z/s) { push @offered, $1 }
    elsif ($line =~ /^line[ ]\S+[ ](.*)\z/s) { push @answers, [$1, [sort @offered]]; @offered = () }
}
close $written or die "$out: $!";
is(scalar @answers, scalar @cases, 'each line was answered');
for my $i (0 .. $#cases) {
    my ($typed, $offers, $line) = @{ $cases[$i] };
    my ($stands, $offered) = @{ $answers[$i] // [q{}, []] };
    if (!$offers) {
        ok((grep { $_ eq '--warning' } @{$offered}), "$typed: all options") or diag("@{$offered}");
        next;
    }
    is_deeply($offered, $offers, "$typed: offered");
    is($stands, $line // $typed, "$typed: on the line");
}
ok(!-e "$dir/.hurt", 'no name was run');
done_testing;
