# SPDX-License-Identifier: GPL-3.0-or-later
# Loop - the one story that every monitoring server must bring to a good end:
# a session goes idle, the service turns CRITICAL, the server itself has the
# session disconnected, the service recovers; and a second one, while CRITICAL
# has another reason, is ended by the volatile service.
#
# A server here is an object with
#   new(dir, bindir), validate, start, stop, journal
#   view(SERVICE)           {checked, state, type, perfdata => {label => value}}
#   handlers                what it told the handlers it ran: ('CRITICAL SOFT', …)
#   enable_check(SERVICE, BOOL), notified (the services that people heard about)
#   host_downtime(BOOL); acknowledge(SERVICE, BOOL), if it tells handlers of that
package Loop;

use strict;
use warnings;

use JSON::PP qw(decode_json);
use Test::More;

use Daemon qw(as_account capture slurp spew wait_until);

my @METRICS = qw(active disconnected idle idle_unknown oldest_disconnected oldest_idle total unreachable);

# A farm of played sessions, and the [section farm] that check and handler share.
# ->bindir has our programs (from the folder "programs") told of this configuration:
# the shipped files name none, so they mean /etc/curfew/curfew.conf.
sub new {
    my ($class, %self) = @_;
    my $self = bless {%self}, $class;
    my $dir = $self->{dir};
    $self->{config} = spew("$dir/curfew.conf", <<"END");
[section farm]
act = check, disconnect
target = sim:$dir/farm.sim
idle-after = 1h
perfdata = all
critical = idle=0
critical = oldest_disconnected=~:4h
idle-over = 1h
execute = yes
state-dir = $dir/state

[policy forgotten]
target = sim:$dir/policies.sim
idle-over = 1h

[section policies]
act = check, enforce
target = sim:$dir/policies.sim
idle-after = 1h
critical = idle=0
execute = yes
state-dir = $dir/policies
END
    $self->play_policies('busy');
    for my $program (qw(check_sessions disconnect_sessions enforce_sessions)) {
        my $path = $self->bindir . "/$program";
        spew($path, <<"END");    # no server keeps what a handler says
#!/bin/sh
said=\$($self->{programs}/$program --config $self->{config} "\$@"; status=\$?; echo x; exit \$status)
status=\$?
printf %s "\${said%x}"
[ $program = check_sessions ] || printf %s "\${said%x}" >>$dir/said
exit \$status
END
        chmod oct(755), $path or die "$path: $!";
    }
    return $self;
}

# The farm of the section "policies", with one user, dora.
sub play_policies {
    my ($self, $input) = @_;
    my $text = "[host ts02]\n[session 1]\nuser = dora\nlogon = -8h\nlast-input = $input\n";
    rename spew("$self->{dir}/policies.next", $text), "$self->{dir}/policies.sim" or die "policies.sim: $!";
    return;
}

sub bindir {
    my ($self) = @_;
    return "$self->{dir}/bin";
}

# The play from now on: user => lines about his session.  Each new play starts afresh.
sub play {
    my ($self, %lines) = @_;
    my $text = "[host ts01]\ndelay = 100ms\n";
    my $id = 0;
    for my $user (sort keys %lines) {
        $text .= "[session @{[++$id]}]\nuser = $user\nlogon = -8h\n$lines{$user}\n";
    }
    rename spew("$self->{dir}/farm.next", $text), "$self->{dir}/farm.sim" or die "farm.sim: $!";
    return;
}

# The states of all sessions as the check sees them: user => state.
sub states {
    my ($self) = @_;
    my $text = capture(as_account(), $self->bindir . '/check_sessions', '--section', 'farm', '--output', 'json');
    my $report = eval { decode_json($text) } or return {};
    my %state = map { $_->{user} => $_->{state} } map { @{$_->{snapshot}{sessions}} } @{$report->{targets}};
    return \%state;
}

# The audit's lines of one kind.
sub audit {
    my ($self, $event) = @_;
    my @lines = map { decode_json($_) } split /\n/, slurp("$self->{dir}/state/audit.jsonl");
    return grep { $_->{event} eq $event } @lines;
}

# The users whose sessions were acted on so far, in order.
sub acted_on {
    my ($self) = @_;
    return map { $_->{session}{user} } $self->audit('intent');
}

# The services judged by what the server holds of them.
sub until_seen {
    my ($self, $server, $service, $what, $seconds) = @_;
    return wait_until($seconds // 60, sub {
        my $view = $server->view($service) or return;
        return $view if $what->($view);
        return;
    });
}

sub check_perfdata {
    my ($self, $view, %want) = @_;
    my $got = $view->{perfdata};
    is_deeply([sort keys %{$got}], \@METRICS, 'the server read every metric of our performance data');
    is($got->{$_}, $want{$_}, "... $_ is $want{$_}") for sort keys %want;
    return;
}

# The story, ten or fifteen seconds long: most of it the server's own intervals.
sub story {
    my ($self, $server) = @_;
    my ($busy, $ended) = ('last-input = busy', "state = disconnected\ndisconnect = -5h");
    my $crosses = 'last-input = -59m59s';    # idle for an hour in a second
    my ($watch, $enforce) = ('sessions-farm', 'enforce-farm');

    $self->play(alice => $busy, bob => $busy);
    is($server->validate, q{}, 'the server accepts the shipped configuration');
    ok($server->start, 'the server starts') or return diag $server->journal;
    ok($self->until_seen($server, $_, sub { $_[0]{checked} && $_[0]{state} eq 'OK' }), "$_ is OK") for $watch, $enforce;
    $server->enable_check($enforce, 0);
    $self->check_perfdata($server->view($watch), total => 2, active => 2, idle => 0, disconnected => 0);

    $self->play(alice => $crosses, bob => $busy);
    # Not the state is waited for, which lasts a moment only, but what the server wrote down.
    ok(wait_until(60, sub { grep { /^CRITICAL/ } $server->handlers }), 'a session goes idle: CRITICAL');
    ok(wait_until(60, sub { ($self->states->{alice} // q{}) eq 'disconnected' }), 'the server has it disconnected')
        or diag $server->journal;
    ok(wait_until(60, sub { grep { $_ eq 'CRITICAL SOFT' } $server->handlers }), '... and ran the handler on SOFT states, too');
    is_deeply([map { "$_->{service}{state} $_->{service}{type}" } $self->audit('plan')], ['CRITICAL HARD'],
        '... which acted when the state was HARD');
    is_deeply([$self->acted_on], ['alice'], '... and only that one');
    my $view = $self->until_seen($server, $watch, sub { $_[0]{state} eq 'OK' && $_[0]{perfdata}{disconnected} });
    ok($view, 'the service recovers');
    $self->check_perfdata($view, total => 2, active => 1, idle => 0, disconnected => 1);

    $self->play(alice => $ended, bob => $busy);
    $server->enable_check($enforce, 1);
    ok($self->until_seen($server, $_, sub { $_[0]{state} eq 'CRITICAL' && $_[0]{type} eq 'HARD' }),
        "$_: HARD CRITICAL for another reason, a session is disconnected too long")
        for $watch, $enforce;
    $server->enable_check($enforce, 0);
    $self->play(alice => $ended, bob => $crosses);
    $view = $self->until_seen($server, $watch, sub { $_[0]{perfdata}{idle} });
    ok($view, 'meanwhile a second session goes idle');
    my $begun = $view->{checked};
    # A second for what was running, and for the server's log to be on the disk.
    $self->until_seen($server, $watch, sub { $_[0]{checked} > $begun + 1 });
    my $handlers = $server->handlers;
    ok($self->until_seen($server, $watch, sub { $_[0]{checked} > $begun + 3 }), 'more checks pass');
    is(scalar $server->handlers, $handlers, '... and no handler is run');
    is($self->states->{bob}, 'active', '... so the session stays');
    $server->enable_check($enforce, 1);
    ok(wait_until(60, sub { ($self->states->{bob} // q{}) eq 'disconnected' }), 'the volatile service ends it')
        or diag $server->journal;
    is_deeply([$self->acted_on], [qw(alice bob)], 'one act per session in all');
    is_deeply([grep { $_ eq $watch } $server->notified]->[0], $watch, 'people are told by the ordinary service');
    is_deeply([grep { $_ eq $enforce } $server->notified], [], '... and never by the volatile one');
    return;
}

# What enforce_sessions and the others said last.
sub last_said {
    my ($self) = @_;
    return (split /\n/, slurp("$self->{dir}/said"))[-1] // q{};
}

# The end of the story, with policies: in a downtime of the host, and while somebody is at it, the handler runs and plans
# only.  Afterwards it acts.  The server runs.
sub story_of_policies {
    my ($self, $server) = @_;
    my $dir = $self->{dir};
    my $says = sub {
        my ($text) = @_;
        return wait_until(60, sub { slurp("$dir/said") =~ /^enforce_sessions: a plan only, \Q$text\E/m });
    };
    my $acted = sub { grep { /"intent"/ } split /\n/, slurp("$dir/policies/audit.jsonl") };

    ok($server->host_downtime(1), 'a downtime of the host begins');
    $self->play_policies('-2h');
    ok($says->('--downtime-depth "1": there is a downtime'), 'enforce_sessions is run in it, and only plans')
        or diag slurp("$dir/said"), $server->journal;
    if ($server->can('acknowledge')) {
        ok($server->acknowledge('enforce-policies', 1), 'somebody acknowledges the problem');
        ok($server->host_downtime(0), '... and the downtime ends');
        ok($says->('--acknowledged "'), '... and it still only plans') or diag slurp("$dir/said");
        is(scalar $acted->(), 0, '... so that nobody was acted on');
        ok($server->acknowledge('enforce-policies', 0), '... until the acknowledgement is taken back');
    }
    else {
        is(scalar $acted->(), 0, '... so that nobody was acted on');
        ok($server->host_downtime(0), 'the downtime ends');
    }
    ok(wait_until(60, sub { $acted->() }), 'then it acts') or diag slurp("$dir/said"), $server->journal;
    like(($acted->())[0], qr/"policy forgotten: idle.*"dora"|"dora".*"policy forgotten: idle/, '... as the policy says');
    return;
}

1;
