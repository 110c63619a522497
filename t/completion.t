#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Bash's completion, as bash runs it: options, choices, schemes, metrics, and the names of a configuration.
use strict;
use warnings;

use Test::More;

use Curfew;

my $script = build_dir() . '/doc/completions/check_sessions';
my $check  = program('check_sessions');
my $dir    = tempdir();
my $config = "$dir/curfew.conf";
open my $file, '>', $config or die "$config: $!";
print {$file} <<'END';
[target farm1]
url = sim:/srv/farm.sim
[target $(touch$IFS.hurt)]
url = sim:/srv/farm.sim
[target ts[01-20]]
url = sim:/srv/farm.sim#ts[01-20]
[group  fleet]
members = farm1
[section night]
target = fleet
[section noon]
target = fleet
END
close $file or die "$config: $!";

# What bash offers when TAB is pressed behind these words; they are split as readline does, at '=' and ':'.
sub offered {
    my (@words) = @_;
    my $shell = <<'END';
. "$1" || exit 9
shift
compopt() { :; }
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_check_sessions "$1"
printf '%s\n' "${COMPREPLY[@]}"
END
    my $run = run('/bin/bash', '-c', $shell, 'bash', $script, $check, @words, { dir => "$dir" });
    is($run->{err}, q{}, "no noise: @words");
    return [ sort grep { length } split /\n/, $run->{out} ];
}

my @config = ('--config', $config);
is_deeply(offered('--idle'),               ['--idle-after'],                     'an option');
is_deeply(offered('--output', q{}),        [qw(json text)],                      'a choice');
is_deeply(offered('--output', q{=}, 'j'),  ['json'],                             'a choice behind =');
is_deeply(offered('--help', q{}),          ['all'],                              '--help all');
is_deeply(offered('-w', 'oldest_'),        [qw(oldest_disconnected= oldest_idle=)], 'metrics');
is_deeply(offered('--critical', 'unr'),    ['unreachable='],                     'likewise');
is_deeply(offered('-T', 'si'),             [ 'sim+worker:', 'sim:' ],             'a scheme that this build has');
is_deeply(offered('-P', 'si'),             [ 'sim', 'sim+worker' ],               'a provider');
is_deeply(offered(@config, '--section', q{}),  [qw(night noon)],                 'sections of the configuration');
is_deeply(offered(@config, '--section', 'ni'), ['night'],                        'the one that is meant');
is_deeply(offered(@config, '-T', 'f'),     [qw(farm1 fleet)],                    'targets and groups');
is_deeply(offered("--config=$config", '-T', 'fl'), ['fleet'],                    '--config=FILE too');
is_deeply(offered(@config, '-T', 'ts['),   ['ts\[01-20\]'],                      'a range, quoted');
is_deeply(offered(@config, '-T', q{$}),    ['\$\(touch\$IFS.hurt\)'],            'a name is not expanded');
ok(!-e "$dir/.hurt", 'and not run');
is_deeply(offered('--config', "$dir/none", '--section', q{}), [],                'no configuration, no names');
done_testing;
