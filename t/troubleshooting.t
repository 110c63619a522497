#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# doc/troubleshooting.md: each message that it explains is still in the sources.
use strict;
use warnings;

use File::Find qw(find);
use Test::More;

use Curfew;

my $source = source_dir();
my $words  = q{};
find(sub { $words .= read_file($_) if /[.][ch]$/ }, map { "$source/$_" } qw(lib providers plugins handlers agent wtsapi));
$words =~ s/"\s*"//g;        # a text in two pieces
$words =~ s/\\"/"/g;

my @messages;
for my $line (split /\n/, read_file("$source/doc/troubleshooting.md")) {
    my ($cell) = $line =~ /^[|] `([^`]+)` [|]/ or next;
    push @messages, $cell;
}
cmp_ok(scalar @messages, '>', 30, 'there are messages');
for my $message (@messages) {
    my @lost = grep { length > 2 && index($words, $_) < 0 } map { s/^\s+|\s+$//gr } split /…/, $message;
    is_deeply(\@lost, [], $message);
}
done_testing;
