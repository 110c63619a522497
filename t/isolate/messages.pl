#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: messages.pl RECORD
#
# A line for each SMB message in what relay.pl has recorded: who sent it, the command
# (MS-SMB2 2.2.1) or "encrypted" (2.2.41), whether it is signed or, by a server, only
# "pending" (which is not signed: 3.3.4.1.1), and whether the negotiation demands signing
# (2.2.3, 2.2.4).
use strict;
use warnings;

my @names = qw(negotiate setup logoff connect disconnect create close flush read write lock ioctl);
open my $record, '<:raw', $ARGV[0] or die "$ARGV[0]: $!\n";

while (read($record, my $head, 4) == 4) {
    read($record, my $message, unpack 'N', $head) == unpack 'N', $head or die "half a message\n";
    my $protocol = substr $message, 0, 4;
    if ($protocol eq "\xfdSMB") {
        print "anybody encrypted\n";
    } elsif ($protocol eq "\xfeSMB") {
        my ($status, $command, $flags) = unpack 'x8 V v x2 V', $message;
        my ($mode) = $flags & 1 ? unpack 'x66 v', $message : unpack 'x68 v', $message;
        print $flags & 1 ? 'server ' : 'client ', $names[$command] // $command,
            $flags & 8 ? ' signed' : $flags & 1 && $status == 0x103 ? ' pending' : q{},
            $command == 0 && $mode & 2 ? ' demands' : q{}, "\n";
    } else {
        print "anybody smb1\n";
    }
}
