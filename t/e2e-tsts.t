#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The installed programs against a Windows host on loopback.
use strict;
use warnings;

use Windows;

Windows::play('scenario-tsts', 600);
