#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# doc/field-test.md: the command that shows a run without names shows none, and the tests that it names are there.
use strict;
use warnings;

use Test::More;

use Curfew;

my $page = read_file(source_dir() . '/doc/field-test.md');
my ($filter) = $page =~ /jq '(.*?)'\n```/s;
ok $filter, 'the page has the command' or BAIL_OUT('no command');

my @missing = grep { !-e source_dir() . "/$_" } $page =~ m{\b(t/[\w./-]+[.](?:t|c))\b}g;
is_deeply \@missing, [], 'the tests that it names are there';

if (!-x '/usr/bin/jq') {
    BAIL_OUT('jq is not installed') if $ENV{CURFEW_CI};
    done_testing;
    exit 0;
}
my $farm = farm(<<'FARM');
[host secrethost]
[session 3]
user = secretuser
domain = SECRETDOMAIN
client-name = SECRETPC
client-address = 192.0.2.78
last-input = -45m
[session 4]
user = secretother
disconnect = -2h
FARM
my $json = run('check_sessions', '-T', "sim:$farm#secrethost", '-T', "sim:$farm#secretnowhere", '--output', 'json')->{out};
like $json, qr/secretuser.*SECRETPC/s, 'the run has names' or diag $json;
my $run = run('/usr/bin/jq', $filter, { stdin => $json });
is $run->{status}, 0, 'jq takes it' or diag $run->{err};
unlike $run->{out}, qr/secret|192[.]0[.]2/i, 'none of them is in what is passed on' or diag $run->{out};
my ($host, $dead) = @{ json($run->{out}) };
my %by_number = map { $_->{number} => $_ } @{ $host->{sessions} };
is $by_number{3}{letters}, 10, 'but how long a name is';
is $by_number{4}{usage}, 'disconnected', 'and what a session counts as';
ok $dead->{failed}{code}, 'and what failed' or diag $run->{out};
done_testing;
