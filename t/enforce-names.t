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

sub played {
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
    my $url    = played('farm.sim', "user = alice\n");
    my $two    = "[target a]\nurl = $url\n[target b]\nurl = @{[$url =~ s{sim:}{sim://}r]}\n";
    my $gentle = "[policy gentle]\ntarget = b\nidle-over = 30d\n";
    my $early  = 'gentle: its time has not come';
    is(decided("$two$gentle$strict", '-T', 'a'),  $early, 'by its other name');
    is(decided("$two$gentle$strict", '-T', $url), $early, 'by its URL');
    is(decided("$two${strict}target = a\nuser = bob\n$gentle@{[$strict =~ s/strict/last/r]}target = a\n"), $early, 'a later policy by another name');
    my @same = map { played("$_/same.sim", "user = $_\n") } qw(a b);
    is(decided("[policy gentle]\ntarget = $same[0]\nidle-over = 30d\n${strict}target = $same[0], $same[1]\n"), "$early\nstrict: $ends", 'two with the same label');
    is(decided("[target same.sim]\nurl = $same[0]\n${strict}target = same.sim\n", '-T', $same[1]),
        'strict: whether this policy matches it is unknown', 'another URL with that label');
};

subtest 'a client' => sub {
    my $url    = played('clients.sim', "user = a\nclient-name = CONFERENCE-ROOM\nclient-address = 2001:DB8::7\n", "user = b\nclient-name = PC1\nclient-address = 10.1.2.3\n");
    my $policy = "${strict}target = $url\n";
    my ($exempt, $unknown, $due) = map { "strict: $_" } 'it is exempt', 'whether it is exempt is unknown', $ends;
    is(decided("${policy}exempt-client = 2001:db8:0:0::7"), "$exempt\n$due",  'by another spelling of its address');
    is(decided("${policy}exempt-client = ::ffff:10.1.2.3"), "$due\n$exempt",  '... of IPv4');
    is(decided("${policy}exempt-client = Conference-Room-7"), "$unknown\n$due", 'one whose name may go on');
    is(decided("${policy}exempt-client = Office-Room-7"),   "$due\n$due",     '... unless it began in another way');
    is(decided("${policy}exempt-client = $_"), "$due\n$unknown", "$_: perhaps its whole name") for qw(pc1.corp.example PC?.Corp.*);
    is(decided("${policy}exempt-client = pc10.corp.example"), "$due\n$due", '... unless it begins in another way');
    my $dotted = played('dotted.sim', "user = a\nclient-name = pc1.corp.example\nclient-address = 10.1.2.3\n");
    is(decided("${strict}target = $dotted\nexempt-client = $_"), $unknown, "$_: perhaps its short name") for qw(PC1 p?1);
    is(decided("${strict}target = $dotted\nexempt-client = $_"), $due, "$_ is another") for qw(pc1.other.example pc 10);
    for my $none ('10.1.0.0/16', '2001:db8::/32', '10.1.2.1-10.1.2.9', '10.0.0.0/255.0.0.0', '[2001:db8::7]', '10.1.2.[1-9', 'PC1;PC2', "\xe2\x80\x9cPC1\xe2\x80\x9d", "PC\xe2\x80\x8b1", 'CORP\PC1') {
        like(decided("${policy}exempt-client = $none"), qr/curfew[.]conf:4:[ ]/, "$none can be no client");
    }
    is(decided("${policy}exempt-client = 10.1.*, PC-?, [p]c1, tmux(1).%0, :pts/0, a-10.1"), "$due\n$exempt", 'others can');
    $url = played('gone.sim', "user = a\nclient-name = PC1\nclient-address = 10.1.2.3\ndisconnect = -5h\n");
    is(decided("[policy strict]\ndisconnected-over = 1h\ntarget = $url\nexempt-client = PC2\n"), $unknown, 'a disconnected session has none, whatever its system still says');
};

subtest 'a text of which a part is unknown' => sub {
    my $url    = played('cut.sim', "user = a\nclient-name = B\xef\xbf\xbdRO\nclient-address = 10.1.2.3\ndomain = CORPORATION-NORT\ndomain-cut = yes\n");
    my $policy = "${strict}target = $url\n";
    is(decided("${policy}exempt-client = b\xc3\xbcro"), 'strict: whether it is exempt is unknown', 'damaged bytes');
    my $whole = 'strict: whether this policy matches it is unknown';
    is(decided("${policy}domain = corporation-north"), $whole, 'a domain that was cut');
    is(decided("${policy}domain = corporation-south\n[policy last]\ntarget = $url\nidle-over = 1h\n"), "last: $ends", '... and began in another way');
};

subtest 'holidays and zones' => sub {
    my $url     = played('days.sim', "user = a\n");
    my $policy  = "${strict}target = $url\nholidays = $dir/days\n";
    my $windows = "when = daily 00:00-24:00\nzone = UTC\n";
    my $days    = sub { write_file("$dir/days", join q{}, @_); return decided("$policy$windows") };
    my $always  = "2000-01-01..2999-12-31";
    is($days->("# all\r\n$always\r\n"), 'strict: it is outside of the policy\'s times', 'lines of Windows');
    like($days->("# all\r$always\r"),          qr/days:1:[ ]a[ ]carriage[ ]return/x,    'old lines of a Mac');
    like($days->("2000-01-01\r$always\r"),     qr/days:1:[ ]a[ ]carriage[ ]return/x,    '... without a comment');
    like($days->("# all\n2000-01-01\0, $always\n"), qr/days:2:[ ].*a[ ]NUL[ ]byte/x,     'a NUL byte');
    like($days->($_), qr/days:[ ]no[ ]date[ ]in[ ]it/x, 'a file without dates may have been cut off') for q{}, "# none\n\n";
    like(decided($policy), qr/curfew[.]conf:4:[ ]holidays[ ]without[ ]when[ ]or[ ]deadline/x, 'without windows they would mean nothing');
    my $zone = "${strict}target = $url\nwhen = daily 00:00-24:00\nzone";
    like(decided("$zone = $_"), qr/conf:5:[ ]zone[ ]=[ ]\S+[ ]not[ ]the[ ]IANA[ ]name/x, "$_ is a rule, with its sign the other way round") for qw(UTC-2 UTC+02 CET-1 CET-1CEST);
    unlike(decided("$zone = $_"), qr/not[ ]the[ ]IANA[ ]name/x, "$_ is a name") for qw(UTC Europe/Berlin Etc/GMT+2 America/Port-au-Prince GMT-0 NZ-CHAT EST5EDT W-SU);
};

# Needs the right to mount a file over /etc/group, for itself alone.
subtest 'a group has one id and may have two names' => sub {
    my $groups = write_file("$dir/group", read_file('/etc/group') . "other-root:x:0:\n");
    my @with   = (qw(/usr/bin/unshare -m --map-current-user --keep-caps sh -c), 'mount --bind "$0" /etc/group && exec "$@"', $groups);
    plan skip_all => 'no right to mount' if run(@with, '/bin/true')->{status} != 0;
    my $url = played('groups.sim', "user = root\n", "user = nobody\n");
    my $azure = played('upn.sim', "user = root\nupn = root\@corp.example\n");
    is(decided("${strict}target = $azure\nexempt-group = adm\n"), 'strict: whether it is exempt is unknown', 'a UPN is not the local account of its first part');
    is(decided("${strict}target = $url\nexempt-group = other-root\n", \@with), "strict: it is exempt\nstrict: $ends", 'by the name that id(1) does not say');
    is(decided("${strict}target = $url\nuser-group = other-root\n[policy last]\ntarget = $url\nidle-over = 30d\n", \@with),
        "strict: $ends\nlast: its time has not come", 'likewise whom a policy is for');
};

done_testing();
