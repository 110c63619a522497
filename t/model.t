#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# t/model/handlers.pml with Spin: no order of the steps of two handlers, kills and users breaks a rule; and with a rule
# left out Spin finds one that does, so that the model can fail.  `make model` (CURFEW_MODEL=all) tries larger worlds,
# for which it needs 5 GB.
use strict;
use warnings;
use Test::More;

use Curfew;

plan skip_all => 'needs spin and gcc' if grep { !-x "/usr/bin/$_" } qw(spin gcc);

my @broken = (
    'nothing is compared',
    'the back end acts on whoever has the id',
    'a new input is not looked for',
    'no lock of the host',
    'no lock of the limit',
    'nothing is reserved',
    'open intents do not count',
    'the intent comes after the act',
    'the intent is not synced',
    'no second look after a slow disk',
);

my %MB = ('RUNS=2 POWER=0' => 6000);

# The verifier of this world.
sub made {
    my (@world) = @_;
    my $dir = tempdir();
    write_file("$dir/handlers.pml", read_file(source_dir() . '/t/model/handlers.pml'));
    my $run = run('/usr/bin/spin', '-a', (map {"-D$_"} @world), 'handlers.pml', { dir => "$dir" });
    is($run->{status}, 0, 'spin takes the model') or diag $run->{out}, $run->{err};
    $run = run('/usr/bin/gcc', qw(-O1 -w -DSAFETY -DNOCLAIM -o pan pan.c), '-DMEMLIM=' . ($MB{"@world"} // 1000), { dir => "$dir", timeout => 300 });
    is($run->{status}, 0, '... and gcc its verifier') or diag $run->{err};
    return $dir;
}

sub searched {
    my ($dir, %world) = @_;
    my $run = run("$dir/pan", '-m200000', '-w22', { dir => "$dir", timeout => 3000, env => \%world });
    my ($errors) = $run->{out} =~ /errors:[ ](\d+)/x;
    my ($states) = $run->{out} =~ /(\d+)[ ]states,[ ]stored/x;
    my ($wrong)  = $run->{out} =~ /^pan:1:[ ](.*)[ ][(]at[ ]depth/mx;
    my $whole    = $run->{out} !~ /Search[ ]not[ ]completed|search[ ]depth[ ]too[ ]small|out[ ]of[ ]memory/x;
    return { errors => $errors // -1, states => $states // 0, wrong => $wrong // q{}, whole => $whole, %{$run} };
}

sub all_tried {
    my ($name, $dir, %world) = @_;
    my $found = searched($dir, %world);
    is($found->{errors}, 0, sprintf '%s: no order of %d states breaks a rule (%.0f s)', $name, $found->{states}, $found->{seconds})
      or diag $found->{wrong};
    ok($found->{whole} && $found->{states} > 1_000_000, '... and all of them were tried') or diag $found->{out};
    return $found;
}

my $small = made('RUNS=1');
my $found = all_tried('a kill, a loss of power', $small, LIMIT => 1);

# A step that cannot be taken proves nothing.  Those of the broken variants are allowed to be such.
my @source = split /\n/, read_file(source_dir() . '/t/model/handlers.pml');
my @never  = $found->{out} =~ /^\thandlers[.]pml:(\d+),[ ]state[ ]\d+,[ ]"(?!\(killed)/gmx;
my %macro  = map { $_ => 1 } grep { $source[ $_ - 1 ] =~ /^\t(?:assert|flying)/x } @never;
@never = grep { !$macro{$_} && $source[ $_ - 1 ] !~ /NO_SECOND_LOOK|INTENT_AFTER_ACT/x } @never;
is_deeply(\@never, [], '... with each of its steps') or diag $found->{out};

for my $number (1 .. @broken) {
    my $bad = searched($small, LIMIT => 1, BROKEN => $number);
    is($bad->{errors}, 1, "found: $broken[ $number - 1 ]: $bad->{wrong}") or diag $bad->{out};
}
is(searched($small, LIMIT => 1, BROKEN => 11)->{errors}, 1, 'somebody can be ended');
is(searched($small, LIMIT => 2, BROKEN => 12)->{errors}, 1, 'two can be ended, if two may be');

if (($ENV{CURFEW_MODEL} // q{}) eq 'all') {
    all_tried('two may be ended', $small, LIMIT => 2);
    all_tried('two kills',        made('RUNS=1', 'KILLS=2'), LIMIT => 1);
    all_tried('two runs each',    made('RUNS=2', 'POWER=0'), LIMIT => 1);
}
done_testing();
