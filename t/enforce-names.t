#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# What a policy names, and nothing or something else answers to: it protects, or is an error; it never means nobody.
# All are plans on played farms, which touch nothing.
use strict;
use warnings;

use Test::More;

use Curfew;

plan skip_all => 'policies were not built' if !program('enforce_sessions');
plan skip_all => 'sim was not built'       if !program('provider-sim');

my $dir    = tempdir();
my $strict = "[policy strict]\nidle-over = 1h\n";

sub farm {
    my ($file, @sessions) = @_;
    mkdir "$dir/$1" if $file =~ m{\A([^/]+)/};
    my $id = 0;
    return 'sim:' . write_file("$dir/$file", "[farm]\n[host ts01]\n" . join q{}, map { "[session @{[++$id]}]\nlast-input = -5h\n$_" } @sessions);
}

# What is decided about each session, in their order: "POLICY: REASON".
sub decided {
    my ($text, @arguments) = @_;
    my $config = write_file("$dir/curfew.conf", $text);
    my @with   = ref $arguments[0] ? @{ shift @arguments } : '/usr/bin/env';
    my $run    = run(@with, program('enforce_sessions'), '--config', $config, '--state-dir', "$dir/state", '--explain', @arguments);
    return $run->{out} if $run->{out} !~ /^ENFORCE[ ]plan/mx;
    return join "\n", map { my ($why, $name) = /:[ ]kept,[ ](.*)[ ][(](\w+)/x; "$name: $why" } grep { /:[ ]kept,/x } split /\n/, $run->{out};
}

my $ends = 'it was seen only once so far';

subtest 'a target has one URL and many names' => sub {
    my $url    = farm('farm.sim', "user = alice\n");
    my $two    = "[target a]\nurl = $url\n[target b]\nurl = @{[$url =~ s{sim:}{sim://}r]}\n";
    my $gentle = "[policy gentle]\ntarget = b\nidle-over = 30d\n";
    my $early  = 'gentle: its time has not come';
    is(decided("$two$gentle$strict", '-T', 'a'),  $early, 'by its other name');
    is(decided("$two$gentle$strict", '-T', $url), $early, 'by its URL');
    is(decided("$two${strict}target = a\nuser = bob\n$gentle@{[$strict =~ s/strict/last/r]}target = a\n"), $early, 'a later policy by another name');
    my @same = map { farm("$_/same.sim", "user = $_\n") } qw(a b);
    is(decided("[policy gentle]\ntarget = $same[0]\nidle-over = 30d\n${strict}target = $same[0], $same[1]\n"), "$early\nstrict: $ends", 'two with the same label');
    is(decided("[target same.sim]\nurl = $same[0]\n${strict}target = same.sim\n", '-T', $same[1]),
        'strict: whether this policy matches it is unknown', 'another URL with that label');
};

# Needs the right to mount a file over /etc/group, for itself alone.
subtest 'a group has one id and may have two names' => sub {
    my $groups = write_file("$dir/group", read_file('/etc/group') . "other-root:x:0:\n");
    my @with   = (qw(/usr/bin/unshare -m --map-current-user --keep-caps sh -c), 'mount --bind "$0" /etc/group && exec "$@"', $groups);
    plan skip_all => 'no right to mount' if run(@with, '/bin/true')->{status} != 0;
    my $url = farm('groups.sim', "user = root\n", "user = nobody\n");
    is(decided("${strict}target = $url\nexempt-group = other-root\n", \@with), "strict: it is exempt\nstrict: $ends", 'by the name that id(1) does not say');
    is(decided("${strict}target = $url\nuser-group = other-root\n[policy last]\ntarget = $url\nidle-over = 30d\n", \@with),
        "strict: $ends\nlast: its time has not come", 'likewise whom a policy is for');
};

done_testing();
