#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Single faults in check and handlers (t/torture/torture says which, and how they are judged).  Here a
# sample of 100 s; `make torture` (CURFEW_TORTURE=all) tries every point.
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
my $source = Curfew::source_dir() . '/t/torture';
write_file("$folder/$_", read_file("$source/$_")) for qw(Judge.pm Stage.pm);
my $script = write_file("$folder/torture", read_file("$source/torture"));

# A point waits more than it works.
my $processors = () = read_file('/proc/cpuinfo') =~ /^processor\b/gmx;
my @limit = ('--jobs', $all ? 3 * ($processors || 1) : 2, $all ? () : ('--seconds', 100));
my @programs = grep { defined program($_) } qw(check_sessions disconnect_sessions logoff_sessions enforce_sessions explain_sessions rehearse_sessions);
my $run    = run('/usr/bin/env', 'CURFEW_LIBEXECDIR=' . dirname(program('provider-sim')), $^X, $script, @limit,
    $shim, (map { program($_) } @programs), { timeout => $all ? 3600 : 250 });
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
is($seen, program('enforce_sessions') ? 15 : 7, 'kinds of runs') or diag explain $run;
done_testing();
