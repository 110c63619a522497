#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# A sample of the simulated month (t/simulation/simulate.c says what it is); `make soak` has the rest.
use strict;
use warnings;
use Test::More;

use Curfew;

my $simulate = program('t/simulation/simulate');
plan skip_all => 'policies were not built' if !$simulate;

# So many that each kind of fault is there, and each kind of policy.
my $run = run($simulate, '--seed', 1, '--seeds', 12, '--events', 5000, { timeout => 600 });
is($run->{status}, 0, 'a dozen farms, each for days') or diag $run->{out}, $run->{err};
my @lines = split /\n/, $run->{out};
is(scalar grep({/^seed[ ]\d+:/x} @lines), 12, 'all of them came to their end');
note $run->{out};
my %sum;
for my $line (@lines) {
    next if $line !~ /^seed[ ]/x;
    $sum{$2} += $1 while $line =~ /(\d+)[ ]([[:lower:]][[:lower:] -]*\w)/gx;
}
cmp_ok($sum{$_} // 0, '>', 0, "$_: $sum{$_}") for qw(runs decisions warnings disconnects log-offs);

my $again = run($simulate, '--seed', 5, '--events', 4000, { timeout => 600 });
my $twice = run($simulate, '--seed', 5, '--events', 4000, { timeout => 600 });
is($again->{out}, $twice->{out}, 'a seed repeats itself');
# What other engines do: each of these files is read and played.  `make engines` plays them for longer.
for my $file (sort glob "$ENV{CURFEW_SRCDIR}/t/simulation/policies/*.conf") {
    my $one = run($simulate, '--policy', $file, '--events', 300, { timeout => 600 });
    is($one->{status}, 0, $file =~ s{.*/}{}r) or diag $one->{out}, $one->{err};
}
done_testing();
