#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The whole loop on real sessions: a real icinga2, as the account nagios, checks a
# real xrdp through contrib/sudoers, and has idle sessions disconnected; and the
# systemd unit's command does the same with the rights that the unit leaves it.
# In the throw-away root, with installed programs.
use strict;
use warnings;

use JSON::PP qw(decode_json);
use Test::More;

use Daemon qw(capture contrib install_file missing need slurp wait_until workdir);
use Icinga2;
use Isolated;
use Xrdp;

need(missing(%Icinga2::needs, sudo => 'sudo'));
my $packages = Xrdp::missing();
need($packages && "needs Debian's $packages");
my %path = Isolated::enter();
my $bin  = $path{bindir};

# What the section says: the limit, and more lines for the second part.
sub configure {
    my ($limit, $more) = @_;
    install_file("$path{sysconfdir}/curfew/curfew.conf", oct 644, <<"END");
[section xrdp]
act = check, disconnect
target = xrdp:
idle-after = $limit
critical = idle=0
idle-over = $limit
execute = yes
$more
END
    return;
}

my $xrdp = Xrdp->new;
$xrdp->does('start_xrdp') or BAIL_OUT('xrdp does not start');
for my $user (qw(alice bob)) {
    $xrdp->does("add_user $user && login $user") or BAIL_OUT("$user cannot log in");
}
my %program = map { $_ => $xrdp->says("program_of $_") } qw(alice bob);

configure('1h', q{});
install_file('/etc/sudoers.d/curfew', oct 440, contrib('sudoers/curfew', %path));
my $dir    = workdir();
my $icinga = Icinga2->new(dir => "$dir", config => <<"END" . contrib('icinga2/curfew.conf', %path));
const CurfewCheckInterval = 0.5s
const CurfewRetryInterval = 0.3s
const CurfewEnforceInterval = 0.5s
object Host "farm" {
	check_command = "dummy"
	vars.curfew["xrdp"] = { via = "root", enforce = true }
}
END

# Waits while these users move their mice.
sub wait_with {
    my ($users, $what) = @_;
    return wait_until(90, sub {
        $xrdp->does("touch_mouse $_") for @{$users};
        return $what->();
    });
}

# Until the server's view of a service fits.
sub view_with {
    my ($users, $service, $what) = @_;
    return wait_with($users, sub {
        my $view = $icinga->view($service) or return;
        return $view->{checked} && $what->($view) && $view;
    });
}

sub gone { my ($user) = @_; return $xrdp->does("client_gone $user") }

sub acted_on {
    my @lines = map { decode_json($_) } split /\n/, slurp("$path{localstatedir}/lib/curfew/audit.jsonl");
    return map { $_->{session}{user} } grep { $_->{event} eq 'intent' } @lines;
}

ok($icinga->start, 'icinga2 starts') or diag $icinga->journal;
my $view = view_with([qw(alice bob)], 'sessions-xrdp', sub { $_[0]{state} eq 'OK' });
ok($view, 'two users at work: OK') or diag explain $icinga->view('sessions-xrdp');
is($view->{perfdata}{active}, 2, '... and icinga2 reads that both are active');
$icinga->enable_check('enforce-xrdp', 0);

$xrdp->does("touch_mouse $_") for qw(alice bob);
configure('4s', q{});
ok(wait_with(['bob'], sub { gone('alice') }), 'alice leaves her desk: her client is dropped') or diag $icinga->journal;
ok(wait_with(['bob'], sub { grep { $_ eq 'CRITICAL HARD' } $icinga->handlers }), '... by the handler that icinga2 ran');
$view = view_with(['bob'], 'sessions-xrdp', sub { $_[0]{state} eq 'OK' && $_[0]{perfdata}{disconnected} == 1 });
ok($view, 'the service recovers');
is($view->{perfdata}{active}, 1, '... bob is still there');
ok(!gone('bob'), '... and so is his client');
ok(kill(0, $program{alice}), 'her program runs on');
is_deeply([acted_on()], ['alice'], 'the audit says so');

configure('4s', 'critical = disconnected=0');
$icinga->enable_check('enforce-xrdp', 1);
ok(view_with(['bob'], $_, sub { $_[0]{state} eq 'CRITICAL' && $_[0]{type} eq 'HARD' }),
    "$_: HARD CRITICAL for another reason") for qw(sessions-xrdp enforce-xrdp);
ok(!gone('bob'), 'bob is at work: the handler leaves him alone');
ok(wait_with([], sub { gone('bob') }), 'bob leaves, too: the volatile service has him disconnected') or diag $icinga->journal;
is_deeply([acted_on()], [qw(alice bob)], 'one act per session');
$icinga->stop;

# The timer's way: the unit's command, with the unit's capabilities, without new privileges.
my $unit = contrib('systemd/curfew-enforce@.service', %path);
my ($command) = $unit =~ /^ExecStart=(.*)$/m;
my ($rights)  = $unit =~ /^CapabilityBoundingSet=(.*)$/m;
my $set = join q{,}, '-all', map { '+' . lc s/^CAP_//r } split q{ }, $rights;
$command =~ s/%i/xrdp/;
ok($xrdp->does('login alice'), 'alice comes back');
is($xrdp->says('program_of alice'), $program{alice}, '... to the same program');
my $said;
ok(wait_with([], sub {
    $said = capture('sh', '-c', 'exec setpriv --no-new-privs --bounding-set "$0" --inh-caps "$0" -- "$@" 2>&1', $set,
        split(q{ }, $command));
    return gone('alice');
}), 'when she is idle, the unit\'s command disconnects her with no more than the unit\'s rights') or diag $said;
ok(kill(0, $program{alice}), '... and her program runs on');

done_testing();
