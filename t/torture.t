#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Single faults in check and handlers (t/torture/torture says which, and how they are judged).  Here a
# sample of two minutes; `make torture` (CURFEW_TORTURE=all) tries every point.
use strict;
use warnings;
use File::Basename qw(dirname);
use Test::More;

use Curfew;

my $shim = program('t/torture/fault.so');
plan skip_all => 'sim or the shim was not built' if !program('provider-sim') || !$shim;
plan skip_all => 'the shim does not go with sanitizers' if read_file(program('check_sessions')) =~ /__asan_init/;

my $all    = ($ENV{CURFEW_TORTURE} // q{}) eq 'all';
my $folder = tempdir();
my $script = write_file("$folder/torture", read_file(Curfew::source_dir() . '/t/torture/torture'));
my @limit  = $all ? ('--jobs', 3 * (grep {/^processor/} split /\n/, read_file('/proc/cpuinfo'))) : ('--seconds', 100);    # points wait, too
my $run    = run('/usr/bin/env', 'CURFEW_LIBEXECDIR=' . dirname(program('provider-sim')), $^X, $script, @limit,
    $shim, (map { program($_) } qw(check_sessions disconnect_sessions logoff_sessions)), { timeout => $all ? 3600 : 200 });
my $seen = 0;
for my $line (split /\n/, $run->{out}) {
    if (my ($bad, $text, $tried) = $line =~ /\A(not[ ])?ok[ ]\d+[ ]-[ ](.*?(\d+)[ ]of[ ]\d+[ ]points.*)/x) {
        ok(!$bad && $tried > 0, $text);
        $seen++;
    } else {
        diag $line if $line =~ /\A[#]/ && !$seen;
        note $line;
    }
}
is($seen, 7, 'seven kinds of runs') or diag explain $run;
done_testing();
