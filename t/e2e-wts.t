#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The installed WTSAPI module and the provider wts, as root, against a Windows host on loopback.
use strict;
use warnings;

use Windows;

for my $part (qw(wtsapi/curfew-wtsapi.so providers/wts/provider-wts)) {
    Windows::skip("$part is not built: it needs libwinpr2-dev") if !-x "$ENV{CURFEW_BUILDDIR}/$part";
}
Windows::play('scenario-wts', 600);
