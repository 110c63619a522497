# SPDX-License-Identifier: GPL-3.0-or-later
#
# The shells of the played hosts: those of the farm, and those that clients opened here.
#
#   my $shells = Shells->new($played);          # Curfew::Played
#   $shells->list($host)                         # [ { ShellId => …, … } … ], or an error's code as text
#   $shells->open($host, OWNER, CLIENT, RESOURCE, NAME)    # its ShellId
#   $shells->end($host, $id, 'disconnect' | 'log off')     # undef, or what went wrong
package Shells;

use strict;
use warnings;

use Time::HiRes qw(time);
use Time::Local qw(timegm);

use Soap qw(uuid);

our $SHELL      = $Soap::SPACE{rsp};
our $POWERSHELL = 'http://schemas.microsoft.com/powershell/Microsoft.PowerShell';

sub new {
    my ($class, $played) = @_;
    return bless { played => $played, opened => {} }, $class;
}

# "2026-11-21T03:42:15.456Z" as seconds.
sub _seconds {
    my ($text) = @_;
    my ($year, $month, $day, $hour, $minute, $second) = $text =~ /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):([\d.]+)Z$/
        or return;
    return timegm(0, $minute, $hour, $day, $month - 1, $year) + $second;
}

# Whole seconds, as Windows tells them of a shell that is there: P0DT0H0M9S.
sub _duration {
    my ($seconds) = @_;
    $seconds = $seconds < 0 ? 0 : int $seconds;
    return sprintf 'P%dDT%dH%dM%dS', int($seconds / 86400), int($seconds / 3600) % 24, int($seconds / 60) % 60,
        $seconds % 60;
}

sub _since {
    my ($snapshot, $moment) = @_;
    return if !defined $moment || $moment eq 'never';
    return _duration(_seconds($snapshot->{now}) - _seconds($moment));
}

sub _resource {
    my ($session) = @_;
    my $application = $session->{application} // q{};
    return $application eq 'cmd' ? "$SHELL/cmd" : $application eq 'none' ? undef : $application || $POWERSHELL;
}

sub _shell {
    my ($snapshot, $session) = @_;
    my $owner = $session->{user} // q{};
    $owner = "$session->{domain}\\$owner" if ($session->{domain} // q{}) ne q{};
    my $state = { active => 'Connected', disconnected => 'Disconnected' }->{ $session->{state} };
    return {
        ShellId         => $session->{id},
        Name            => $session->{station} || undef,
        ResourceUri     => _resource($session),
        Owner           => $owner eq q{} ? undef : $owner,
        ClientIP        => $session->{client_address} || undef,
        ProcessId       => $session->{collection} || undef,
        State           => $state,
        ShellRunTime    => _since($snapshot, $session->{logon_time}),
        ShellInactivity => _since($snapshot, $session->{last_input}),
    };
}

sub list {
    my ($self, $host) = @_;
    my $snapshot = $self->{played}->list($host);
    my $opened   = $self->{opened}{$host} // [];
    return $snapshot->{error}{code} if $snapshot->{error};
    my @list = map { _shell($snapshot, $_) } @{ $snapshot->{sessions} };
    for my $shell (@{$opened}) {
        my %told = (%{$shell}, ShellRunTime => _duration(time - $shell->{begun}), ShellInactivity => _duration(time - $shell->{used}));
        push @list, \%told;
    }
    return \@list;
}

sub open {    ## no critic (ProhibitBuiltinHomonyms)
    my ($self, $host, $owner, $client, $resource, $name) = @_;
    my $shell = {
        ShellId     => uuid(),
        Name        => $name || undef,
        ResourceUri => $resource,
        Owner       => $owner,
        ClientIP    => $client,
        ProcessId   => 4000 + @{ $self->{opened}{$host} // [] },
        State       => 'Connected',
        begun       => time,
        used        => time,
    };
    push @{ $self->{opened}{$host} }, $shell;
    return $shell->{ShellId};
}

sub opened {
    my ($self, $host, $id) = @_;
    my ($shell) = grep { lc $_->{ShellId} eq lc $id } @{ $self->{opened}{$host} // [] };
    $shell->{used} = time if $shell;
    return $shell;
}

sub end {
    my ($self, $host, $id, $act) = @_;
    if (my $shell = $self->opened($host, $id)) {
        return 'gone' if $act eq 'disconnect' && $shell->{State} eq 'Disconnected';
        $shell->{State} = 'Disconnected';
        $self->{opened}{$host} = [ grep { $_ != $shell } @{ $self->{opened}{$host} } ] if $act eq 'log off';
        return;
    }
    my $answer = $self->{played}->act($host, $id, { act => $act });
    return $answer->{error} ? $answer->{error}{code} : $answer->{outcome}{code} eq 'already gone' ? 'gone' : undef;
}

1;
