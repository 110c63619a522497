#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# contrib/sudoers through the real sudo, and its line for doas: what the monitoring
# account may do as root, and what it may not.  In the throw-away root, with installed programs.
use strict;
use warnings;

use JSON::PP qw(decode_json);
use Test::More;

use Daemon qw(capture contrib install_file missing need slurp wait_until);
use Isolated;

need(missing(sudo => 'sudo', doas => 'opendoas', setpriv => 'util-linux'));
need(-x "$ENV{CURFEW_BUILDDIR}/providers/sim/provider-sim" ? q{} : 'sim was not built');
my %path = Isolated::enter();
my $bin  = $path{bindir};

install_file('/etc/sudoers.d/curfew', oct 440, contrib('sudoers/curfew-pattern', %path));
install_file('/srv/farm.sim', oct 644, "[host ts01]\n[session 1]\nuser = alice\nlogon = -8h\nlast-input = -2h\n"
    . "[session 2]\nuser = bob\nlogon = -8h\nlast-input = busy\n");
install_file("$path{sysconfdir}/curfew/curfew.conf", oct 644, <<'END');
[section farm]
act = check, disconnect
target = sim:/srv/farm.sim
idle-after = 1h
critical = idle=0
idle-over = 1h
execute = yes
[policy forgotten]
target = sim:/srv/policies.sim
idle-over = 1h
[section policies]
act = check, enforce
target = sim:/srv/policies.sim
execute = yes
END
install_file('/srv/policies.sim', oct 644, "[host ts02]\n[session 1]\nuser = dora\nlogon = -8h\nlast-input = -2h\n");

# Runs sudo as an account without anything of our environment: (output, exit status).
sub sudo {
    my ($account, @command) = @_;
    my $text = capture('setpriv', "--reuid=$account", '--regid=' . (getpwnam $account)[3], '--clear-groups', 'env', '-i',
        'PATH=/usr/bin:/bin', 'LC_ALL=C', 'sh', '-c', 'exec sudo -n "$@" 2>&1', 'sudo', @command);
    return ($text, $? >> 8);
}

# sudo asks for a password where no rule fits.
sub refused {
    my ($text) = @_;
    return $text =~ /^sudo: (a password is required|sorry)|^Sorry, user|may not run sudo/m;
}

my @act   = ("$bin/disconnect_sessions", '--section', 'farm');
my @state = ('--service-state', 'CRITICAL', '--state-type', 'HARD', '--attempt', '3');
my @refuse = (
    ['nothing at all',           "$bin/disconnect_sessions"],
    ['--execute',                @act, '--execute'],
    ['--execute before',         "$bin/disconnect_sessions", '--execute', '--section', 'farm'],
    ['another target',           @act, '-T', 'xrdp:'],
    ['another configuration',    @act, '--config', '/tmp/mine.conf'],
    ['... before',               "$bin/disconnect_sessions", '--config', '/tmp/mine.conf', '--section', 'farm'],
    ['another state folder',     @act, @state, '--state-dir', '/tmp'],
    ['an id',                    @act, '3'],
    ['a user',                   @act, '--user', 'bob'],
    ['half of the state',        @act, @state[0, 1]],
    ['states in another order',  @act, @state[2 .. 5, 0, 1]],
    ['a state that is none',     @act, '--service-state', 'DOWN', @state[2 .. 5]],
    ['an attempt that is none',  @act, @state[0 .. 3], '--attempt', '1;id'],
    ['no attempt',               @act, @state[0 .. 4], q{}],
    ['a downtime that is none',  @act, @state, '--downtime-depth', '0;id'],
    ['a downtime and no state',  @act, '--downtime-depth', '0'],
    ['--execute behind it',      @act, @state, '--downtime-depth', '0', '--execute'],
    ['a section like an option', "$bin/disconnect_sessions", '--section', '--execute'],
    ['an empty section',         "$bin/disconnect_sessions", '--section', q{}],
    ['a path as section',        "$bin/disconnect_sessions", '--section', '../farm'],
    ['a line break',             @act[0, 1], "farm\n--execute"],
    ['a line break at the end',  @act[0, 1], "farm\n"],
    ['=',                        "$bin/disconnect_sessions", '--section=farm'],
    ['log off',                  "$bin/logoff_sessions", '--section', 'farm'],
    ['messages',                 "$bin/message_sessions", '--section', 'farm'],
    ['more for the check',       "$bin/check_sessions", '--section', 'farm', '--config', '/etc/shadow'],
    ['our environment',          'CURFEW_LIBEXECDIR=/tmp', @act],
    ['a shell',                  '/bin/sh', '-c', 'id'],
);
for my $case (@refuse) {
    my ($what, @command) = @{$case};
    my ($text, $status) = sudo('nagios', @command);
    ok(refused($text) && $status == 1, "refused: $what") or diag $text;
}
my ($text, $status) = sudo('nobody', @act);
ok(refused($text), 'refused: another account');

my $audit = "$path{localstatedir}/lib/curfew/audit.jsonl";
ok(!-e $audit, 'so far nothing was acted on');

($text, $status) = sudo('nagios', "$bin/check_sessions", '--section', 'farm');
is($status, 2, 'the check runs as root') or diag $text;
like($text, qr/\bidle=1;/, '... and counts');
($text, $status) = sudo('nagios', @act, '--service-state', 'CRITICAL', '--state-type', 'SOFT', '--attempt', '1');
is($status, 0, 'the handler runs as root, and a SOFT state is nothing to do') or diag $text;
($text, $status) = sudo('nagios', @act[0, 1], "farm @state");
is($status, 3, 'what sudo cannot tell from the real thing, one argument with blanks, is no section') or diag $text;
ok(!-e $audit || slurp($audit) !~ /"intent"/, '... and still nothing was acted on');

($text, $status) = sudo('nagios', @act, @state, '--downtime-depth', '0', '--downtime-depth', '1', '--acknowledged', '0');
like($text, qr/\Adisconnect_sessions: a plan only.*dry run, nothing done/s, 'in a downtime it plans only');
ok(!-e $audit || slurp($audit) !~ /"intent"/, '... so that nothing was acted on');

($text, $status) = sudo('nagios', @act, @state, '--downtime-depth', '0', '--acknowledged', '0');
is($status, 0, 'HARD CRITICAL: the handler acts') or diag $text;
my @intents = grep { $_->{event} eq 'intent' } map { decode_json($_) } split /\n/, slurp($audit);
is_deeply([map { $_->{session}{user} } @intents], ['alice'], '... on the idle session');
is($intents[0]{uid}, (getpwnam 'nagios')[2], '... and the audit names the account that asked');
my @owner = (stat $audit)[4, 2];
is_deeply([$owner[0], $owner[1] & oct 77], [0, 0], 'the audit is root\'s alone');

# The recommended entry: one program, which checks its arguments itself.
my $sudoers = contrib('sudoers/curfew', %path);
my ($doas) = $sudoers =~ /^# doas: (.*)$/m;
install_file('/etc/sudoers.d/curfew', oct 440, $sudoers);
install_file('/etc/doas.conf', oct 400, "$doas\n");
my $run = "$path{curfewlibexecdir}/curfew-run";

# The same by doas, which prints nothing of its own that is like sudo's.
sub doas {
    my ($account, @command) = @_;
    my $said = capture('setpriv', "--reuid=$account", '--regid=' . (getpwnam $account)[3], '--clear-groups', 'env', '-i',
        'PATH=/usr/bin:/bin', 'LC_ALL=C', 'sh', '-c', 'exec doas -n "$@" 2>&1', 'doas', @command);
    return ($said, $? >> 8);
}

for my $way (['sudo', \&sudo, qr/^sudo: (a password is required|sorry)/m], ['doas', \&doas, qr/^doas: Operation not permitted/m]) {
    my ($name, $as_root, $no) = @{$way};
    unlink $audit or die "$audit: $!";
    install_file('/srv/farm.sim', oct 644, "[host $name]\n[session 1]\nuser = alice\nlogon = -8h\nlast-input = -2h\n"
        . "[session 2]\nuser = bob\nlogon = -8h\nlast-input = busy\n");
    for my $case (['--execute', 'farm', 'plan', '--execute'], ['another target', 'farm', 'act', '-T', 'xrdp:'],
        ['another configuration', 'farm', 'check', '--config', '/etc/shadow'], ['a path', '../farm', 'act'],
        ['a state folder', 'farm', 'act', '--state-dir', '/tmp']) {
        my ($what, @arguments) = @{$case};
        my ($said, $code) = $as_root->('nagios', $run, @arguments);
        is($code, 3, "$name: curfew-run refuses $what") or diag $said;
    }
    for my $case (['a handler itself', @act], ['the check itself', "$bin/check_sessions", '--section', 'farm'],
        ['a shell', '/bin/sh', '-c', 'id']) {
        my ($what, @command) = @{$case};
        like(($as_root->('nagios', @command))[0], $no, "$name refuses $what");
    }
    like(($as_root->('nobody', $run, 'farm', 'check'))[0], $no, "$name refuses another account");
    my ($said, $code) = $as_root->('nagios', $run, 'farm', 'check', '-v');
    is($code, 2, "$name: check -v");
    like($said, qr/alice/, '... has its table');
    ($said, $code) = $as_root->('nagios', $run, 'farm', 'plan');
    is($code, 0, "$name: plan") or diag $said;
    like($said, qr/alice.*: disconnect$/m, '... says who would be disconnected');
    ok(!-e $audit, '... and nothing was acted on');
    ($said, $code) = $as_root->('nagios', $run, 'farm', 'act', @state);
    is($code, 0, "$name: act") or diag $said;
    @intents = grep { $_->{event} eq 'intent' } map { decode_json($_) } split /\n/, slurp($audit);
    is_deeply([map { $_->{session}{user} } @intents], ['alice'], '... disconnects the idle session');
    is($intents[0]{uid}, $name eq 'sudo' ? (getpwnam 'nagios')[2] : 0, '... and the audit names the account')
      if $name eq 'sudo';
}

# The same entry for a section of policies.
SKIP: {
    skip 'policies were not built' if !-x "$bin/enforce_sessions";
    ($text, $status) = sudo('nagios', $run, 'policies', 'plan');
    like($text, qr/dora, .*: kept, it was seen only once.*dry run, nothing done/s, 'plan is that of enforce_sessions') or diag $text;
    my $acts = sub { grep { /"intent".*"dora"/ } split /\n/, slurp($audit) };
    for (1 .. 2) {    # a session is ended only when it was seen twice
        ($text, $status) = sudo('nagios', $run, 'policies', 'act', @state, '--downtime-depth', '1');
        like($text, qr/\Aenforce_sessions: a plan only/, 'in a downtime it plans only');
    }
    ok(wait_until(60, sub { sudo('nagios', $run, 'policies', 'act', @state, '--downtime-depth', '0'); $acts->() }), 'otherwise it acts');
    like(($acts->())[0], qr/"policy forgotten/, '... as the policy says');
}

done_testing();
