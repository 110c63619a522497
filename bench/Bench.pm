# SPDX-License-Identifier: GPL-3.0-or-later
# Bench - figures of commands, measured side by side, as a table in Markdown.
#
#   my @measured = Bench::together(200, [COMMAND…], [COMMAND…]);
#   Bench::row('what', 'limit', 'kept?', $measured[1]);
#   Bench::table();
#
# Wall time is the median of hyperfine's runs.  CPU is user + system, children that were
# waited for included, which hyperfine has as a mean only: so the commands take turns in
# rounds, and it is the median of the rounds' means.  Memory is the largest process's peak
# (/usr/bin/time).
package Bench;

use strict;
use warnings;

use File::Temp ();
use JSON::PP ();

my $ROUNDS = 7;

our @as_user;    # what precedes each command line, so that it runs as somebody else
our %needs = ('/usr/bin/hyperfine' => 'hyperfine', '/usr/bin/time' => 'time',
    '/usr/lib/nagios/plugins/check_users' => 'monitoring-plugins-basic');

our $peer = '/usr/lib/nagios/plugins/check_users';
my $dir = File::Temp->newdir('curfew-bench-XXXXXX', DIR => '/tmp');
my @rows;

# The folder for everything; it must be theirs whom @as_user names.
sub dir {
    chmod 0755, "$dir" or die "$dir: $!\n";
    return "$dir";
}

sub median {
    my (@sorted) = sort { $a <=> $b } @_;
    return @sorted % 2 ? $sorted[@sorted / 2] : ($sorted[@sorted / 2 - 1] + $sorted[@sorted / 2]) / 2;
}

sub slurp {
    my ($path) = @_;
    open my $file, '<', $path or die "$path: $!\n";
    local $/ = undef;
    my $text = <$file>;
    close $file or die "$path: $!\n";
    return $text;
}

sub load { return (split q{ }, slurp('/proc/loadavg'))[0] }

sub hyperfine {
    my ($runs, @command) = @_;
    my $export = dir() . '/hyperfine.json';
    unlink $export;
    my @hyperfine = (@as_user, '/usr/bin/hyperfine', '-N', '--style', 'none', '--ignore-failure', '--output', 'null',
        '--export-json', $export, '--warmup', $runs > 7 ? 5 : 0, '--runs', $runs, join q{ }, map {"'$_'"} @command);
    system('sh', '-c', 'exec "$@" 2>/dev/null', 'sh', @hyperfine) == 0 or die "hyperfine: $?\n";
    return JSON::PP->new->decode(slurp($export))->{results}[0];
}

# The largest process of the command, in KiB.
sub peak {
    my (@command) = @_;
    my $log = dir() . '/time.log';
    unlink $log;
    system 'sh', '-c', 'exec "$@" >/dev/null 2>&1', 'sh', @as_user, '/usr/bin/time', '-o', $log, '-f', '%M', @command;
    my ($kib) = slurp($log) =~ /(\d+)\s*\z/ or die "time: @command\n";
    return $kib;
}

# together(RUNS, [COMMAND…], …): for each { wall, cpu: ms, rss: KiB, status }, in turns
sub together {
    my ($runs, @commands) = @_;
    my $rounds = $runs >= 2 * $ROUNDS ? $ROUNDS : 1;
    my @seen;
    for (1 .. $rounds) {
        for my $i (0 .. $#commands) {
            my $result = hyperfine(int($runs / $rounds), @{ $commands[$i] });
            push @{ $seen[$i]{wall} }, @{ $result->{times} };
            push @{ $seen[$i]{cpu} },  $result->{user} + $result->{system};
            $seen[$i]{status} = $result->{exit_codes}[0];
        }
    }
    return map { {
        wall   => 1000 * median(@{ $seen[$_]{wall} }),
        cpu    => 1000 * median(@{ $seen[$_]{cpu} }),
        rss    => peak(@{ $commands[$_] }),
        status => $seen[$_]{status},
    } } 0 .. $#commands;
}

# A command that must run no more than once, as it changes what it finds.
sub once {
    my (@command) = @_;
    my $log = dir() . '/time.log';
    unlink $log;
    my $status = system 'sh', '-c', 'exec "$@" >/dev/null 2>&1', 'sh', @as_user, '/usr/bin/time', '-o', $log, '-f', '%e %U %S %M', @command;
    my ($wall, $user, $system, $kib) = slurp($log) =~ /([\d.]+) ([\d.]+) ([\d.]+) (\d+)\s*\z/ or die "time: @command\n";
    return { wall => 1000 * $wall, cpu => 1000 * ($user + $system), rss => $kib, status => $status >> 8 };
}

# starts(PROGRAM, NUMBER, [COMMAND…], …): the same for starts so short that hyperfine's own share would count (bench/starts.c).
sub starts {
    my ($program, $number, @commands) = @_;
    my @line = (@as_user, $program, $number, map { ($_ ? q{--} : (), @{ $commands[$_] }) } 0 .. $#commands);
    open my $pipe, q{-|}, @line or die "$program: $!\n";
    my @figures = map { [split] } <$pipe>;
    die "$program: $?\n" if !close($pipe) || @figures != @commands;
    return map { { cpu => $_->[0] / 1000, wall => $_->[1] / 1000, rss => $_->[2], status => $_->[3] } } @figures;
}

# The instructions of a command's process in user space, in millions: the same whatever else the machine does.
sub instructions {
    my (@command) = @_;
    my $log = dir() . '/callgrind.log';
    system 'sh', '-c', 'exec "$@" >/dev/null 2>"$0"', $log, @as_user, 'valgrind', '--tool=callgrind',
        '--callgrind-out-file=/dev/null', @command;
    my ($count) = slurp($log) =~ /Collected : (\d+)/;
    return $count && $count / 1e6;
}

sub within { my ($value, $limit) = @_; return $value <= $limit ? 'yes' : 'NO' }

sub times_of { my ($measured, $base) = @_; return $measured->{cpu} / $base->{cpu} }

# row(WHAT, LIMIT, VERDICT, MEASURED)
sub row {
    my ($what, $limit, $verdict, $measured) = @_;
    push @rows, [$what, (map { sprintf '%.1f', $_ } @{$measured}{qw(wall cpu)}), sprintf('%.1f', $measured->{rss} / 1024),
        $measured->{status}, $limit, $verdict];
    return;
}

# Prints the rows so far, and forgets them.
sub table {
    print "| what | wall ms | CPU ms | peak MiB | exit | limit | kept |\n|---|---:|---:|---:|---:|---|---|\n";
    print map { '| ' . join(' | ', @{$_}) . " |\n" } @rows;
    @rows = ();
    return;
}

1;
