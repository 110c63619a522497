#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# One state folder for two acting accounts: root and the monitoring server's account, each with programs, a
# configuration and a farm of its own, in the throw-away root.  Locks, limits and audit are one; a folder that is
# not safe is refused.
use strict;
use warnings;

use JSON::PP qw(decode_json);
use Test::More;

use Daemon qw(capture install_file missing need slurp wait_until);
use Isolated;

need(missing(setpriv => 'util-linux'));
need(-x "$ENV{CURFEW_BUILDDIR}/providers/sim/provider-sim" ? q{} : 'sim was not built');
my %path   = Isolated::enter();
my $bin    = $path{bindir};
my $folder = '/srv/state';
my $conf   = "$path{sysconfdir}/curfew/curfew.conf";
my ($uid, $gid) = (getpwnam 'nagios')[2, 3];
defined $uid or BAIL_OUT('there is no account nagios');

# A farm in a folder of the account's; both are of one host, ts01.
sub play {
    my ($account, $sessions, $acts) = @_;
    $acts //= 'slow 100ms';
    mkdir "/srv/$account";
    chown +(getpwnam $account)[2, 3], "/srv/$account";
    unlink "/srv/$account/farm.sim.state";
    install_file("/srv/$account/farm.sim", oct 644, "[host ts01]\n" . join q{}, map { "[session $_]\nuser = u$_\ndisconnect = -5h\nacts = $acts\n" } @{$sessions});
    return;
}

sub configure {
    my ($state) = @_;
    install_file($conf, oct 644, join q{}, "[defaults]\n$state", map { <<"END" } 'root', 'nagios');
[section $_]
act = logoff
target = sim:/srv/$_/farm.sim
disconnected-over = 1h
max-acts = 3
max-percent = 100
execute = yes
END
    return;
}

# logoff_sessions as the account: (what it says, exit status).
sub act {
    my ($account, @more) = @_;
    my $text = capture('setpriv', "--reuid=$account", '--regid=' . (getpwnam $account)[3], '--init-groups', 'env', '-i',
        'PATH=/usr/bin:/bin', "HOME=/srv/$account", 'sh', '-c', 'exec "$@" 2>&1', 'act',
        "$bin/logoff_sessions", '--section', $account, @more);
    return ($text, $? >> 8);
}

sub audit {
    return map { decode_json($_) } split /\n/, slurp("$folder/audit.jsonl");
}

sub make_folder {
    my ($owner, $group, $mode) = @_;
    system 'rm', '-rf', $folder;
    mkdir $folder or BAIL_OUT("$folder: $!");
    chown $owner, $group, $folder;
    chmod $mode, $folder;
    return;
}

# One allowance: of three an hour, root's two and the other's two are four.
configure("state-dir = $folder\n");
make_folder(0, $gid, oct 2770);
play('root', [1, 2]);
play('nagios', [1, 2]);
my ($text, $status) = act('root');
is($status, 0, 'root logs off two') or diag $text;
unlike($text, qr/another account/, '... and knows of nobody else') or diag $text;
($text, $status) = act('nagios');
is($status, 2, 'the other account may not log off two more') or diag $text;
like($text, qr/2 planned and 2 in the last hour are more than --max-acts 3/, '... for the hour is one') or diag $text;
play('nagios', [1]);
($text, $status) = act('nagios');
is($status, 0, 'one more it may') or diag $text;
play('root', [1]);
($text, $status) = act('root');
is($status, 2, 'and that counts for root') or diag $text;
my %intents;
$intents{ $_->{uid} }++ for grep { $_->{event} eq 'intent' } audit();
is_deeply(\%intents, { 0 => 2, $uid => 1 }, 'one audit has both, and who it was');
my @files = map { [(stat $_)[2, 5]] } glob "$folder/*";
ok(@files >= 4 && !(grep { ($_->[0] & oct 7777) != oct 660 || $_->[1] != $gid } @files), 'its files are the group\'s') or diag capture('ls', '-la', $folder);

# One lock.
for my $pair (['root', 'nagios'], ['nagios', 'root']) {
    my ($first, $second) = @{$pair};
    make_folder(0, $gid, oct 2770);
    play($_, [1], 'slow 12s') for @{$pair};    # long enough for the other to come, however loaded the machine is
    my $pid = fork // BAIL_OUT("fork: $!");
    if ($pid == 0) {
        my ($said, $code) = act($first);
        install_file("/srv/said.$first", oct 644, $said);
        exec '/bin/sh', '-c', "exit $code" or exit 99;
    }
    ok(wait_until(60, sub { -e "$folder/audit.jsonl" && grep { $_->{event} eq 'intent' } audit() }), "$first is at work");
    ($text, $status) = act($second);
    is($status, 0, "... and $second leaves the host to it") or diag $text;
    like($text, qr/left out: ts01, another handler is at work/, '... and says so') or diag $text;
    waitpid $pid, 0;
    is($? >> 8, 0, "... $first ends well") or diag slurp("/srv/said.$first");
}

# An order that was not seen to end is closed by the next run, also by one that has nothing to do.
make_folder(0, $gid, oct 2770);
play('root', [1], 'late 300s');
for my $seconds (1, 4, 16) {    # before the order comes the list, which takes a loaded machine longer
    ($text, $status) = act('root', '--timeout', "${seconds}500ms", '--target-timeout', "${seconds}s");
    last if $text =~ /ordered/;
}
like($text, qr/log off ordered/, 'a log-off goes on') or diag $text;
play('root', []);
($text, $status) = act('root');
is($status, 0, '... and the next run has nothing to do') or diag $text;
is(join(q{ }, map { $_->{outcome} } grep { $_->{event} eq 'result' } audit()), 'ordered done', '... but to close it in the audit') or diag $text;

# What is not safe.
my @unsafe = (
    ['a sticky folder',                0,    $gid, oct 3770, 'root',   qr/$folder: a folder that accounts share has mode 2770 and not 3770/],
    ['one that is not setgid',         0,    $gid, oct 770,  'nagios', qr/$folder: a folder that accounts share has mode 2770 and not 0770/],
    ['one that everybody can write to', 0,   $gid, oct 2777, 'root',   qr/$folder: everybody can write to it/],
    ['one of the other account',       $uid, $gid, oct 2770, 'root',   qr/$folder: a folder that accounts share belongs to root/],
    ['one of its own, shared',         $uid, $gid, oct 2770, 'nagios', qr/$folder: a folder that accounts share belongs to root/],
    ['one of another group',           0,    0,    oct 2770, 'nagios', qr/cannot open the state folder $folder: Permission denied/],
);
for my $case (@unsafe) {
    my ($what, $owner, $group, $mode, $account, $why) = @{$case};
    make_folder($owner, $group, $mode);
    play($account, [1]);
    ($text, $status) = act($account);
    is($status, 2, "$what is refused") or diag $text;
    like($text, $why, '... and it says why') or diag $text;
}

make_folder(0, $gid, oct 2770);
play('nagios', [1]);
chmod oct 777, '/srv';
($text, $status) = act('nagios');
is($status, 2, 'a folder in one that everybody can write to is refused') or diag $text;
like($text, qr{/srv can be written by others}, '... and it says which') or diag $text;
chmod oct 755, '/srv';

# Files that somebody of the group put there.
install_file('/srv/precious', oct 600, "precious\n");
for my $name ('audit.jsonl', 'allowance.new', 'allowance') {
    make_folder(0, $gid, oct 2770);
    link '/srv/precious', "$folder/$name" or BAIL_OUT("link: $!");
    play('root', [1]);
    ($text, $status) = act('root');
    like($text, qr{$folder/$name: has a second hard link}, "a hard link as $name is refused") or diag $text;
    isnt($status, 0, '... with an exit status');
    is(slurp('/srv/precious'), "precious\n", '... and not written to');
    make_folder(0, $gid, oct 2770);
    symlink '/srv/precious', "$folder/$name";
    play('root', [1]);
    ($text, $status) = act('root');
    isnt($status, 0, "so is a link as $name") or diag $text;
    is(slurp('/srv/precious'), "precious\n", '... and not written to');
}

# Only a configuration of root's can name one.
make_folder(0, $gid, oct 2770);
play('nagios', [1]);
configure(q{});
($text, $status) = act('nagios', '--state-dir', $folder);
is($status, 2, 'on the command line it is refused') or diag $text;
like($text, qr/$folder: others can write to it; only state-dir in a configuration that root alone can write to/, '... and it says what names one') or diag $text;
configure("state-dir = $folder\n");
rename $conf, '/srv/own.conf' or BAIL_OUT("$conf: $!");
chown $uid, $gid, '/srv/own.conf';
($text, $status) = act('nagios', '--config', '/srv/own.conf');
is($status, 2, 'a configuration of the account\'s own cannot, either') or diag $text;
like($text, qr/$folder: others can write to it/, '... and it says so') or diag $text;
ok(!(grep { -e "$folder/$_" } 'audit.jsonl', 'allowance'), 'nothing was written there');

# Without it each account has its own, which is told.
configure(q{});
play($_, [1]) for 'root', 'nagios';
act('nagios');
($text, $status) = act('root');
is($status, 0, 'two folders, two allowances') or diag $text;

done_testing;
