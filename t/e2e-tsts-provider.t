#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the provider tsts demands of a Windows host (SMB versions, signing, encryption),
# what it says of accounts that may not log in, how it finds its way among many hosts,
# and what every provider is asked.
use strict;
use warnings;

use Windows;

Windows::play('scenario-tsts-provider', 600);
