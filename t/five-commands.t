#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# doc/five-commands.md keeps its word: its commands are understood and mean who they say, its targets are targets, and
# the tests that it names are there.
use strict;
use warnings;

use Test::More;
use Text::ParseWords qw(shellwords);

use Curfew;

plan skip_all => 'sim was not built' if !program('provider-sim');

my %NEEDS = (avd => 'avd', rds => 'rds', tsts => 'tsts', winrm => 'winrm');    # scheme and the provider's program
my %PARAMETERS = (
    'Disconnect-TerminalSession'  => [qw(-Id -SessionId -ComputerName -Wait -WhatIf -Confirm)],
    'Disconnect-WmsSession'       => [qw(-SessionId -All -Server -WhatIf -Confirm)],
    'Disconnect-AzWvdUserSession' => [
        qw(-SubscriptionId -ResourceGroupName -HostPoolName -SessionHostName -Id -InputObject -HostPoolInputObject
            -SessionHostInputObject -DefaultProfile -PassThru -WhatIf -Confirm)
    ],
    'Disconnect-WSMan'                 => [qw(-ComputerName)],
    'Disconnect-AzureRemoteAppSession' => [qw(-CollectionName -UserUpn -Profile)],
);

my %section;
my $page = read_file(source_dir() . '/doc/five-commands.md');
my ($name, @order);
for my $line (split /\n/, $page) {
    if ($line =~ /^## (\S+)$/) {
        $name = $1;
        push @order, $name;
        $section{$name} = { commands => [], rows => [] };
    }
    push @{ $section{$name}{commands} }, $1 if $line =~ /^ {4}((?:disconnect|logoff)_sessions .*)$/;
    push @{ $section{$name}{rows} }, [ $1, $2, $3 ] if $line =~ /^[|] ?(.*?) ?[|].* [|] (t\/\S+[.]t): (.*) [|]$/;
}
is_deeply([ sort @order ], [ sort keys %PARAMETERS ], 'five commands');

# A session that the command means, and one that it does not.
sub farm_for {
    my (%option) = @_;
    my ($id)   = split /,/, $option{id} // '3';
    my ($user) = ($option{user} // 'bob') =~ /([\w]+)(?:@|$)/;
    my $meant  = "user = $user\nlast-input = -45m\n";
    $meant .= "domain = CORP\n"                if ($option{user} // q{}) =~ /\\/;
    $meant .= "upn = $option{user}\n"          if ($option{user} // q{}) =~ /@/;
    $meant .= "collection = $option{collection}\n" if $option{collection};
    $meant .= "kind = $option{kind}\n"         if $option{kind};
    my $other = defined $option{all} ? "own = yes\n" : q{};
    return farm("[host here]\n[session $id]\n$meant\n[session 99]\nuser = somebody-else\n$other");
}

sub understood {
    my ($command) = @_;
    my ($program, @words) = shellwords($command);
    my (@targets, @arguments, %option);
    while (defined(my $word = shift @words)) {
        if ($word eq '-T')    { push @targets, shift @words }
        elsif ($word ne '--execute') {
            push @arguments, $word;
            my ($key) = $word =~ /^--(.*)/ or next;
            $option{$key} = @words && $words[0] !~ /^-/ ? $words[0] : q{};
        }
    }
    is($program, (grep {/^winrm:/} @targets) ? 'logoff_sessions' : 'disconnect_sessions', 'what the system lets others do');
    my @unbuilt = grep { my ($scheme) = /^(\w+):/; !program("provider-$NEEDS{$scheme}") } @targets;
    SKIP: {
        skip "no provider for $unbuilt[0]", 1 if @unbuilt;
        my $folder = tempdir();
        my $config = write_file("$folder/curfew.conf", join q{}, map {"[target t$_]\nurl = $targets[$_]\n"} 0 .. $#targets);
        my $run    = run($program, '--config', $config, '-T', 'sim:' . farm_for(%option), @arguments, '--max-percent', '100');
        ok(defined $run->{status} && $run->{status} < 2, "$command: understood, and its targets are some")
            or diag $run->{out}, $run->{err};
        my @meant = $run->{out} =~ /^ .*: (?:disconnect|log off)(?:, by the name .*)?$/mg;
        @meant = grep {/planned/} split /\n/, $run->{out} if exists $option{'pass-thru'};
        is(scalar @meant, 1, 'one is meant') or diag $run->{out};
        unlike("@meant", qr/somebody-else/, 'and it is the right one');
    }
    return;
}

# Everything that a test file says, and the scenarios that it plays.
my %said;

sub said {
    my ($file) = @_;
    return $said{$file} if defined $said{$file};
    my $path = source_dir() . "/$file";
    my $text = -e $path ? read_file($path) : q{};
    $text .= read_file(source_dir() . "/t/isolate/$_") for $text =~ /(scenario-[\w-]+)/g;
    return $said{$file} = $text;
}

for my $command (sort keys %PARAMETERS) {
    my $table = $section{$command};
    subtest $command => sub {
        my %told = map { $_ => 1 } map { $_->[0] =~ /`(-\w+)`/g } @{ $table->{rows} };
        is_deeply([ sort keys %told ], [ sort @{ $PARAMETERS{$command} } ], 'every parameter, and no other');
        cmp_ok(scalar @{ $table->{commands} }, '>=', 1, 'a command');
        understood($_) for @{ $table->{commands} };
        for my $row (@{ $table->{rows} }) {
            my (undef, $file, $point) = @{$row};
            ok(-e source_dir() . "/$file", "$file is there");
            like(said($file), qr/['"]\Q$point\E['"]/, "and has the point: $point");
        }
        done_testing;
    };
}

done_testing;
