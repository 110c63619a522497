#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What can go wrong between a look at a Windows host and an act there: races, kills,
# messages in every shape.
use strict;
use warnings;

use Windows;

Windows::play('scenario-tsts-acts', 600);
