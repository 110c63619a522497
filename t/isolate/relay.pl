#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: relay.pl PORT TO-PORT MESSAGES [RECORD]
#
# Passes on so many SMB messages of each connection in each direction, and then
# nothing more: a host that falls silent in the middle.  What comes from either
# side is added to the file RECORD.
use strict;
use warnings;

use IO::Handle ();
use IO::Select ();
use IO::Socket::INET ();

my ($port, $to, $messages, $record) = @ARGV;
open my $log, '>>:raw', $record // '/dev/null' or die "$record: $!\n";
$log->autoflush;
my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 16, ReuseAddr => 1) or die "$port: $!\n";
my %peer;
my %left;
my $select = IO::Select->new($listener);

# Exactly so many bytes; undef at the end.
sub take {
    my ($from, $size) = @_;
    my $bytes = q{};
    while (length $bytes < $size) {
        $from->sysread($bytes, $size - length $bytes, length $bytes) or return;
    }
    return $bytes;
}

sub pass {
    my ($from) = @_;
    my $head = take($from, 4) // return 0;
    my $body = take($from, unpack 'N', $head) // return 0;
    print {$log} $head, $body;
    $peer{$from}->syswrite($head . $body) if $left{$from}-- > 0;
    return 1;
}

while (1) {
    for my $ready ($select->can_read) {
        if ($ready == $listener) {
            my $client = $listener->accept or next;
            my $server = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $to) or die "$to: $!\n";
            @peer{$client, $server} = ($server, $client);
            @left{$client, $server} = ($messages, $messages);
            $select->add($client, $server);
        } elsif ($peer{$ready} && !pass($ready)) {
            my $other = $peer{$ready};
            $select->remove($ready, $other);
            delete @peer{$ready, $other};
            close $_ for $ready, $other;
        }
    }
}
