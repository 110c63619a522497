# SPDX-License-Identifier: GPL-3.0-or-later
# SnmpCells - what the tables of CURFEW-MIB must say, made from the JSON of check_sessions.
#
#   session_cells($session), host_cells($target): column => octets or number; undef: there is no such instance
#   cells($text): OID => value, of what a tool of net-snmp printed with -On -Ox -OU -Oe -Ot; texts as octets
package SnmpCells;

use strict;
use warnings;

use Exporter qw(import);
use Socket ();

our @EXPORT_OK = qw(cells host_cells octets session_cells truth);

my %state = (active => 1, connected => 2, 'connect-query' => 3, shadow => 4, disconnected => 5, waiting => 6, listen => 7,
    reset => 8, down => 9, init => 10, other => 100);
my %class = (none => 1, user => 2, console => 3, services => 4, listener => 5, ghost => 6);
my %kind  = (unknown => 1, desktop => 2, 'remote-app' => 3, shell => 4);
my %usage = (other => 1, active => 2, idle => 3, 'idle-unknown' => 4, disconnected => 5);

sub truth { return $_[0] ? 1 : 2 }

# SnmpAdminString: cut at a character.
sub octets {
    my ($text) = @_;
    $text //= q{};
    utf8::encode($text);
    return $text if length $text <= 255;
    $text = substr $text, 0, 255;
    $text =~ s/[\xc0-\xff][\x80-\xbf]*$// while !utf8::decode(my $copy = $text);
    return $text;
}

# What is not known or never was has no instance.
sub date_and_time {
    my ($text) = @_;
    return if !defined $text || $text eq 'never';
    my @parts = $text =~ /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)[.](\d)/ or die "$text\n";
    return pack 'nC6a1CC', @parts, q{+}, 0, 0;
}

# All but the two times that grow (12, 13), the key (27) and what policies say.
sub session_cells {
    my ($session) = @_;
    my $judged  = $session->{classification};
    my $address = $session->{client_address} // q{};
    my $numeric = Socket::inet_pton(Socket::AF_INET(), $address) // Socket::inet_pton(Socket::AF_INET6(), $address);
    my $kind_of_address = !defined $numeric ? 0 : length $numeric == 4 ? 1 : 2;
    return (
        (map { $_->[0] => octets($session->{ $_->[1] }) } [2 => 'id'], [3 => 'user'], [4 => 'domain'], [5 => 'upn'],
            [7 => 'state_text'], [19 => 'station'], [20 => 'client_name'], [24 => 'collection'], [25 => 'application'],
            [26 => 'birth']),
        6  => $state{ $session->{state} },
        8  => $class{ $session->{class} },
        9  => $kind{ $session->{kind} },
        10 => truth($judged->{counted}),
        11 => $usage{ $judged->{usage} },
        14 => date_and_time($session->{logon_time}) // undef,
        15 => date_and_time($session->{connect_time}) // undef,
        16 => date_and_time($session->{disconnect_time}) // undef,
        17 => date_and_time($session->{last_input}) // undef,
        18 => defined $session->{locked} ? truth($session->{locked}) : undef,
        21 => $address eq q{} ? undef : $kind_of_address,
        22 => $address eq q{} ? undef : $numeric // octets($address),
        23 => $address eq q{} ? undef : octets($address),
    );
}

# What the table of hosts says of a target that leads to one host, but for its times and counters.
sub host_cells {
    my ($target) = @_;
    my $answered = $target->{reachable};
    my $count    = $target->{counts} // {};
    return (
        4 => $target->{url} =~ /^(\w+)/ ? $1 : q{},
        5 => truth($answered),
        6 => truth($answered && $target->{snapshot}{complete}),
        7 => octets(($target->{error} // {})->{text}),
        map { $_->[0] => $answered ? $count->{ $_->[1] } : undef } [9 => 'total'], [10 => 'active'], [11 => 'idle'],
        [12 => 'idle_unknown'], [13 => 'disconnected'],
    );
}

sub cells {
    my ($text) = @_;
    my %found;
    $text =~ s/\n(?![.])/ /g;
    for my $line (split /\n/, $text) {
        my ($oid, $value) = $line =~ /^([.\d]+) = (.*?)\s*$/ or next;
        if    ($value eq '""')                            { $found{$oid} = q{} }
        elsif ($value =~ /^Hex-STRING: ([\dA-F ]+)$/)     { $found{$oid} = pack 'H*', $1 =~ s/ //gr }
        elsif ($value =~ /^(?:[\w-]+: )?(-?\d+)$/)        { $found{$oid} = $1 }
        else                                              { $found{$oid} = $value }
    }
    return \%found;
}

1;
