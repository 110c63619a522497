# SPDX-License-Identifier: GPL-3.0-or-later
# The fuzzers for a fixed number of inputs, so that a run is the same length everywhere.
use strict;
use warnings;
use File::Temp qw(tempdir);
use Test::More;

my %inputs = (audit => 100_000, avd => 100_000, block => 20_000, rds => 100_000, snapshot_file => 300, tsts => 200_000, wsman => 100_000);
my %seeds  = (audit => 2, avd => 4, block => 3, rds => 3, snapshot_file => 3, tsts => 10, wsman => 11);             # at least so many first ones
my $source = $ENV{CURFEW_SRCDIR}   // q{.};
my $build  = $ENV{CURFEW_BUILDDIR} // q{.};
my @built  = grep { -x "$build/t/fuzz/$_" && -d "$source/t/vectors/$_" } sort keys %inputs;

plan skip_all => 'no clang with libFuzzer (Debian: clang, libclang-rt-14-dev)' unless @built;

for my $name (@built) {
    my $corpus = tempdir(CLEANUP => 1);
    is(system($^X, "$source/t/fuzz/seed", "$source/t/vectors/$name", $corpus), 0, "$name: the vectors are the first inputs");
    my @first = glob "$corpus/*";
    cmp_ok(scalar @first, '>=', $seeds{$name}, "$name: and there are some");
    my $runs = $inputs{$name};
    my $said = `timeout 1500 '$build/t/fuzz/$name' -runs=$runs -seed=1 -timeout=60 -max_len=8192 -artifact_prefix='$corpus/' '$corpus' 2>&1`;
    is($?, 0, "$name: $runs inputs, and none that crashes, hangs or reads where it may not") or diag($said);
    like($said, qr/Done $runs runs/, "$name: all of them were run");
}
done_testing();
