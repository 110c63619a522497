#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The tests' Windows host, seen by other people's clients: it is no easier to please than
# Windows.  With IMPACKET=FOLDER also by impacket's tstool.py (doc/design/developing.md).
use strict;
use warnings;

use Windows;

for my $program (qw(smbclient rpcclient)) {
    Windows::skip('needs the package smbclient') if !grep { -x "$_/$program" } split /:/, $ENV{PATH};
}
Windows::play('scenario-tsts-clients', 600);
