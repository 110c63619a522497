# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the servers of t/servers tell comes from a farm file (curfew-sim(7)), played by
# provider-sim, so that there is one reader of such files, and an act is seen by the next list.
#
#   my $farm = Curfew::Played->new(program => PATH-OF-PROVIDER-SIM, file => PATH-OF-FARM);
#   my $snapshot = $farm->list('ts01');          # hash as in doc/json.md; or { error => {…} }
#   my %answers  = $farm->list_all(@hosts);      # the same for many, by host
#   my $session  = $farm->session('ts01', '3');  # pinned: what happens "at pin" has happened; or undef
#   my $answer   = $farm->act('ts01', '3', { act => 'disconnect' });  # { outcome => {…} } or { error => {…} }
package Curfew::Played;

use strict;
use warnings;

use Carp qw(croak);
use IO::Handle ();
use IPC::Open2 qw(open2);
use JSON::PP ();

# Much quicker, where it is installed.
my $JSON = eval { require Cpanel::JSON::XS; 1 } ? 'Cpanel::JSON::XS' : 'JSON::PP';

my $PATIENCE = 5000;    # ms

sub new {
    my ($class, %given) = @_;
    my $self = bless { %given, number => 0, json => $JSON->new->utf8 }, $class;
    $self->{pid} = open2($self->{from}, $self->{to}, $self->{program}, '--parent', "$$");
    $self->{to}->autoflush(1);
    return $self;
}

sub _send {
    my ($self, $request) = @_;
    $request->{id}       = ++$self->{number};
    $request->{deadline} = $PATIENCE;
    print { $self->{to} } $self->{json}->encode($request), "\n" or croak "provider-sim: $!";
    return;
}

sub _receive {
    my ($self) = @_;
    my $line = readline $self->{from};
    croak 'provider-sim has ended' if !defined $line;
    my $told = $self->{json}->decode($line);
    return exists $told->{protocol} && !defined $told->{id} ? $self->_receive : $told;    # its first line says its version
}

sub _ask {
    my ($self, $request) = @_;
    $self->_send($request);
    return $self->_receive;
}

sub _target {
    my ($self, $host) = @_;
    return { url => "sim:$self->{file}#$host" };
}

sub list_all {
    my ($self, @hosts) = @_;
    my %answers;
    return if !@hosts;
    $self->_send({ op => 'list', targets => [ map { $self->_target($_) } @hosts ] });
    for (@hosts) {
        my $answer = $self->_receive;
        croak "provider-sim: $answer->{error}{text}" if !defined $answer->{target};
        $answers{ $hosts[ $answer->{target} ] } = $answer->{snapshot} // { error => $answer->{error} };
    }
    return %answers;
}

sub list {
    my ($self, $host) = @_;
    my %answers = $self->list_all($host);
    return $answers{$host};
}

sub _pin {
    my ($self, $host, $id) = @_;
    my $answer = $self->_ask({ op => 'open', target => $self->_target($host) });
    return $answer if $answer->{error};
    return $self->_ask({
        op      => 'pin',
        session => { provider => 'sim', id => $id, state => 'active', class => 'user', kind => 'desktop' },
    });
}

sub session {
    my ($self, $host, $id) = @_;
    my $answer = $self->_pin($host, $id);
    $self->_ask({ op => 'unpin' });
    return $answer->{session};
}

sub act {
    my ($self, $host, $id, $action) = @_;
    my $answer = $self->_pin($host, $id);
    return $answer if $answer->{error};
    $answer = $self->_ask({ op => 'act', action => { title => q{}, text => q{}, %{$action} } });
    $self->_ask({ op => 'unpin' });
    return $answer;
}

# It ends with its input.
sub DESTROY {
    my ($self) = @_;
    local ($?, $!);
    close $self->{to}   if $self->{to};
    close $self->{from} if $self->{from};
    waitpid $self->{pid}, 0 if $self->{pid};
    return;
}

1;
