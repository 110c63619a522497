#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# doc/field-test.md: the tests that it names are there, each row has its state, and its commands are taken.
use strict;
use warnings;

use Test::More;

use Curfew;

my $page    = read_file(source_dir() . '/doc/field-test.md');
my @missing = grep { !-e source_dir() . "/$_" } $page =~ m{\b(t/[\w./-]+[.](?:t|c))\b}g;
is_deeply \@missing, [], 'the tests that it names are there';

my ($rows, $states) = split /^## State/m, $page;
my %stated = map { $_ => 1 } map { split /,\s*/ } $states =~ /^\| ([\d, ]+) \|/gm;
my @rows   = $rows =~ /^\| (\d+) \|/gm;
cmp_ok scalar @rows, '>=', 11, 'the rows';
is_deeply [ grep { !$stated{$_} } @rows ], [], 'each has its state';

my %options = map { $_ => 1 } run('check_sessions', '--help', 'all')->{out} =~ /(--[a-z-]+)/g;
my @commands = $page =~ /(check_sessions [^`\n#]*)/g;
cmp_ok scalar @commands, '>=', 6, 'it has commands';
is_deeply [ grep { !$options{$_} } map { /(--[a-z-]+)/g } @commands ], [], 'whose options there are';
done_testing;
