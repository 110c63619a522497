# SPDX-License-Identifier: GPL-3.0-or-later
# The fuzzers for a fixed number of inputs, so that a run is the same length everywhere.
use strict;
use warnings;
use File::Temp qw(tempdir);
use Test::More;

my $runs    = 200_000;
my $source  = $ENV{CURFEW_SRCDIR}   // q{.};
my $fuzzer  = ($ENV{CURFEW_BUILDDIR} // q{.}) . '/t/fuzz/tsts';
my $vectors = "$source/t/vectors/tsts";

plan skip_all => 'the vectors are not in this tree' unless -d $vectors;
plan skip_all => 'no clang with libFuzzer (Debian: clang, libclang-rt-14-dev), or no provider tsts' unless -x $fuzzer;

my $corpus = tempdir(CLEANUP => 1);
is(system($^X, "$source/t/fuzz/seed", $vectors, $corpus), 0, 'the vectors are the first inputs');
my @seeds = glob "$corpus/*";
cmp_ok(scalar @seeds, '>', 10, 'and there are some');

my $said = `timeout 300 '$fuzzer' -runs=$runs -seed=1 -max_len=8192 -artifact_prefix='$corpus/' '$corpus' 2>&1`;
is($?, 0, "$runs inputs, and none that crashes, hangs or reads where it may not") or diag($said);
like($said, qr/Done $runs runs/, 'all of them were run');
done_testing();
