#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: tamper.pl PORT TO-PORT
#
# Somebody in the middle: passes all SMB messages on, and changes a bit of each answer
# once the client is logged in.
use strict;
use warnings;

use IO::Select ();
use IO::Socket::INET ();

my ($port, $to) = @ARGV;
my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 16, ReuseAddr => 1) or die "$port: $!\n";
local $SIG{CHLD} = 'IGNORE';

sub take {
    my ($from, $size) = @_;
    my $bytes = q{};
    while (length $bytes < $size) {
        $from->sysread($bytes, $size - length $bytes, length $bytes) or exit;
    }
    return $bytes;
}

sub serve {
    my ($client) = @_;
    my $server = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $to) or die "$to: $!\n";
    my $select = IO::Select->new($client, $server);
    while (1) {
        for my $from ($select->can_read) {
            my $head = take($from, 4);
            my $body = take($from, unpack 'N', $head);
            my ($command) = unpack 'x12 v', $body;
            substr($body, -1) ^= "\x01" if $from == $server && $command > 1;
            ($from == $server ? $client : $server)->syswrite($head . $body);
        }
    }
    return;
}

while (my $client = $listener->accept) {
    my $child = fork // die "fork: $!\n";
    serve($client) if $child == 0;
}
