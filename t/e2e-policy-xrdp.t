#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# A policy on real sessions of a real xrdp, minutes scaled to seconds: two users are warned; the one who comes back
# stays, the other is disconnected, and logged off after that.  A third one is as idle, but a program of hers is at work.
# In the throw-away root, with installed programs.
use strict;
use warnings;

use JSON::PP qw(decode_json);
use POSIX ();
use Test::More;

use Daemon qw(capture install_file need slurp wait_until);
use Isolated;
use Xrdp;

my $packages = Xrdp::missing();
need($packages && "needs Debian's $packages");
my %path = Isolated::enter();
plan skip_all => 'policies were not built' if !-x "$path{bindir}/enforce_sessions";

install_file("$path{sysconfdir}/curfew/curfew.conf", oct 644, <<'END');
[policy office]
target = xrdp:
idle-over = 25s
disconnected-over = 5s
warn = 10s
protect = busy 5 %
text = Hello %user%: %ended% at %time%.

[section policies]
act = enforce
execute = yes
END

my $xrdp = Xrdp->new;
$xrdp->does('start_xrdp') or BAIL_OUT('xrdp does not start');
for my $user (qw(alice bob carol)) {
    $xrdp->does("add_user $user && login $user") or BAIL_OUT("$user cannot log in");
}
my %program = map { $_ => $xrdp->says("program_of $_") } qw(alice bob);

# At work, and none of her session's own children.
defined(my $work = fork) or die "fork: $!\n";
if (!$work) {
    exec 'nice', '-n', '-15', 'setpriv',    # a busy machine must not make it look idle
       '--reuid=carol', '--regid=carol', '--clear-groups', 'sh', '-c', 'while :; do :; done' or POSIX::_exit(127);
}

# "message alice, disconnect alice": what was done, in its order; of one user, or of all.
sub done {
    my ($user) = @_;
    my $audit = "$path{localstatedir}/lib/curfew/audit.jsonl";
    my @lines = map { decode_json($_) } -e $audit ? split /\n/, slurp($audit) : ();
    return join ', ', map {"$_->{action} $_->{session}{user}"}
      grep { $_->{event} eq 'result' && $_->{outcome} eq 'done' && (!$user || $_->{session}{user} eq $user) } @lines;
}

# As the timer runs it, only more often.  Bob is back at his desk when he has read the warning.
my ($said, $back);
sub enforce_until {
    my ($what) = @_;
    return wait_until(300, sub {
        $back ||= done('bob') ne q{};
        $xrdp->does('touch_mouse bob') if $back;
        $said = capture("$path{bindir}/enforce_sessions", '--section', 'policies');
        return $what->();
    });
}

ok(enforce_until(sub { done('alice') =~ /^message/ && done('bob') =~ /^message/ }), 'both are warned') or diag $said;
ok(enforce_until(sub { done('alice') =~ /disconnect/ }), 'alice does not come back: she is disconnected') or diag $said;
ok(kill(0, $program{alice}), '... and her program runs on');
ok(enforce_until(sub { done('alice') =~ /log[ ]off/ }), 'she still does not: she is logged off') or diag $said;
ok(wait_until(60, sub { !kill 0, $program{alice} }), '... and her program has ended');
is(done('alice'), 'message alice, disconnect alice, log off alice', 'each step once, in its order');
unlike(done('bob'), qr/disconnect|log[ ]off/, 'bob was warned, came back, and that was all');
ok(!$xrdp->does('client_gone bob'), '... his client is there');
ok(kill(0, $program{bob}), '... and so is his program');


is(done('carol'), q{}, 'carol was left alone');
my $carol;
my $told = wait_until(60, sub {
    ($carol) = grep { ($_->{session}{user} // q{}) eq 'carol' }
      map { decode_json($_) } split /\n/, capture("$path{bindir}/enforce_sessions", '--pass-thru');
    return $carol->{reason} !~ /unknown/;
});
ok($told, 'what her programs do is known');
is($carol->{reason}, 'its programs are at work', '... as her program is at work');
cmp_ok($carol->{session}{cpu_time_ms}, '>', 1000, '... which is measured');
cmp_ok($carol->{session}{facts}{memory}, '>', 1_000_000, '... and so is her memory');
kill 'KILL', $work;
waitpid $work, 0;
ok(enforce_until(sub { done('carol') =~ /^message/ }), 'when it has ended she is warned') or diag $said;

done_testing();
