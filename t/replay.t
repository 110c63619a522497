#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# check_sessions --replay plays t/vectors/recordings, and says what is wrong with a file that is no recording; --record
# says what is wrong with where it is to go.  What a recording must be is in t/lib/Curfew/Recorded.pm.
use strict;
use warnings;

use Test::More;

use Curfew;

my $folder = source_dir() . '/t/vectors/recordings';
my $home   = tempdir();

# Copies, as the source tree may be nowhere that the programs can look.
sub copy_of {
    my ($name) = @_;
    return write_file("$home/$name.jsonl", read_file("$folder/$name.jsonl"));
}

sub sessions_of {
    my ($run) = @_;
    return map { @{ $_->{snapshot}{sessions} // [] } } @{ json($run->{out})->{targets} };
}

copy_of(q{winrm});
for my $case (
    [ 'tsts',  0, 9, sub { join q{ }, sort map { length $_->{user} } grep { !$_->{user_cut} && length($_->{user} // q{}) >= 20 } @_ }, '20 21 25', 'whole names' ],
    [ 'winrm', 0, 2, sub { join q{ }, map {"$_->{state} $_->{kind}"} @_ }, 'active shell active shell', 'two shells' ],
    [ 'avd',   0, 8, sub { scalar grep { $_->{birth} } @_ }, 8, 'births' ],
    [ 'rds',   3, 6, sub { scalar grep { $_->{class} eq 'ghost' } @_ }, 6, 'hosts that could not be found' ],
    )
{
    my ($name, $status, $count, $look, $wanted, $what) = @{$case};
SKIP: {
        skip "provider-$name was not built", 3 if !program("provider-$name");
        my $run      = run('check_sessions', '--replay', copy_of($name), '--output', 'json');
        my @sessions = sessions_of($run);
        is $run->{status}, $status, "$name: the status" or diag $run->{out};
        is scalar @sessions, $count, "$name: the sessions" or diag $run->{out};
        is $look->(@sessions), $wanted, "$name: $what" or diag $run->{out};
    }
}

my $winrm = read_file("$folder/winrm.jsonl");
for my $case (
    [ 'cut off',        substr($winrm, 0, -20),                             qr/odd[.]jsonl:4: the line has no end: the recording is cut off/ ],
    [ 'empty',          q{},                                                qr/odd[.]jsonl:1: there is no target in it/ ],
    [ 'something else', "root:x:0:0\n",                                     qr/odd[.]jsonl:1: no recording that this version can play/ ],
    [ 'of the future',  $winrm =~ s/"recording":1/"recording":2/r,          qr/odd[.]jsonl:1: no recording that this version can play/ ],
    [ 'with a line',    $winrm =~ s/\n/\nodd\n/r,                           qr/odd[.]jsonl:2: no line of a recording/ ],
    [ 'of nothing',     $winrm =~ s/winrm:\/\/[^"]*/nothing:x/r,            qr/nothing/ ],
    )
{
    my ($what, $text, $says) = @{$case};
    my $run = run('check_sessions', '--replay', write_file("$home/odd.jsonl", $text));
    is $run->{status}, 3, "a file $what: UNKNOWN" or diag $run->{out};
    like $run->{out}, $says, "a file $what: said" or diag $run->{out};
}
SKIP: {
    skip 'provider-winrm was not built', 2 if !program('provider-winrm');
    my $run = run('check_sessions', '-v', '--replay', write_file("$home/less.jsonl", $winrm =~ s/^.*"number":1,.*\n//mr));
    is $run->{status}, 3, 'an answer that is not there: UNKNOWN';
    like $run->{out}, qr/the recording has no answer to POST/, 'and said' or diag $run->{out};
}

my $farm = farm("[host secrethost]\n[session 3]\nuser = secretuser\ndomain = SECRETDOMAIN\n");
my @here = ('-T', "sim:$farm#secrethost");
for my $case (
    [ [ @here, '--record', "$home/new" ],                                            qr/--record needs --diagnose/ ],
    [ [ @here, '--diagnose', '--record', "$home/new", '--replay', "$home/winrm.jsonl" ], qr/cannot be used with --replay/ ],
    [ [ @here, '--replay', "$home/winrm.jsonl" ],                                    qr/--replay takes its targets from the recording .leave out --target/ ],
    [ [ '--replay', "$home/none" ],                                                  qr/none: No such file/ ],
    [ [ @here, '--diagnose', '--record', "$home/none/new" ],                         qr/none\/new: No such file/ ],
    [ [ @here, '--diagnose', '--record', "$home/winrm.jsonl" ],                      qr/File exists .name a file that is not there yet/ ],
    )
{
    my ($arguments, $says) = @{$case};
    my $run = run('check_sessions', @{$arguments});
    is $run->{status}, 3, "@{$arguments}: UNKNOWN" or diag $run->{out};
    like $run->{out}, $says, 'said' or diag $run->{out};
}
symlink '/nonexistent/elsewhere', "$home/link" or die "symlink: $!\n";
is run('check_sessions', @here, '--diagnose', '--record', "$home/link")->{status}, 3, 'a link is not followed';
my $run = run('check_sessions', @here, '--diagnose', '--record', "$home/new");
is $run->{status}, 0, 'a target whose provider asks nobody';
like $run->{out}, qr/^recorded: .*new, 0 exchanges/m, 'has nothing to record' or diag $run->{out};
unlike read_file("$home/new"), qr/secret/i, 'and no name' or diag read_file("$home/new");
is_deeply [ glob "$home/new?*" ], [], 'nothing else is left there';
done_testing;
