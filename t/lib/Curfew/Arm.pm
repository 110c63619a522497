# SPDX-License-Identifier: GPL-3.0-or-later
#
# Azure for a test: certificates, t/servers/arm, and a configuration that reaches it.
#
#   my $arm = Curfew::Arm->new(farm => PATH, control => { pools => { HostPool1 => ['VM-1.corp.example'] } });
#   run('check_sessions', '--config', $arm->config, '-T', 'pool');
#   $arm->faults({ match => 'GET .*userSessions', times => 1, status => 503, retry => 1 });
#   my @asked = $arm->asked;    # since the last time: "GET /subscriptions/…?…"
package Curfew::Arm;

use strict;
use warnings;

use Curfew qw(program source_dir start stop tempdir wait_for write_file read_file);
use Curfew::Certificates;
use JSON::PP ();
use Mojo::Server::Daemon ();    # the server is useless without

our $SUBSCRIPTION = '00000000-1111-2222-3333-444444444444';

my $json = JSON::PP->new->utf8->canonical;

# More: certificate => [CERT, KEY] (a good one), options => {…} of every target, targets => { name => address }.
sub new {
    my ($class, %given) = @_;
    my $self = bless { folder => tempdir(), seen => 0 }, $class;
    my $folder = "$self->{folder}";
    $self->{made} = Curfew::Certificates->new($folder);
    my ($certificate, $key) = $given{certificate} ? $given{certificate}->($self->{made}) : $self->{made}->server('arm', 'IP:127.0.0.1');
    write_file("$folder/secret.auth", "username = client-1\npassword = secret-1\ndomain = tenant-1\n");
    chmod 0600, "$folder/secret.auth" or die "chmod: $!\n";
    write_file($_, read_file($_)) for $certificate, $key, $self->{made}{ca};    # theirs who run the programs
    write_file("$folder/log", q{});
    $self->{base} = { subscription => $SUBSCRIPTION, group => 'rg-1', %{ $given{control} } };
    $self->faults;
    # Copies, as the source tree may be nowhere that they can look.
    mkdir "$folder/Curfew" or die "mkdir: $!\n";
    chmod 0755, "$folder/Curfew" or die "chmod: $!\n";
    write_file("$folder/Curfew/Played.pm", read_file(source_dir() . '/t/lib/Curfew/Played.pm'));
    write_file("$folder/arm", read_file(source_dir() . '/t/servers/arm/arm'));
    $self->{process} = start('/usr/bin/perl', "-I$folder", "$folder/arm", '--control', "$folder/control", '--ready', "$folder/ready",
        '--log', "$folder/log", '--farm', $given{farm}, '--worker', program('provider-sim'),
        '--certificate', $certificate, '--key', $key, { timeout => 600 });
    if (!wait_for { -s "$folder/ready" } 60) {
        die 'the server did not start: ', stop($self->{process})->{err}, "\n";
    }
    $self->{ports} = $json->decode(read_file("$folder/ready"));
    $self->configure(%given);
    return $self;
}

sub url       { my ($self) = @_; return "https://127.0.0.1:$self->{ports}{tls}" }
sub plain_url { my ($self) = @_; return "http://127.0.0.1:$self->{ports}{plain}" }
sub folder    { my ($self) = @_; return "$self->{folder}" }
sub config    { my ($self) = @_; return "$self->{folder}/curfew.conf" }

# What a [target] has to reach the server; a value of undef leaves an option out.
sub target {
    my ($self, $name, $address, %options) = @_;
    %options = (endpoint => $self->url, authority => $self->url, ca => $self->{made}{ca}, credentials => 'app', %options);
    return join q{}, "[target $name]\nurl = avd://$address\n",
        map {"$_ = $options{$_}\n"} grep { defined $options{$_} } sort keys %options;
}

sub configure {
    my ($self, %given) = @_;
    my $targets = $given{targets} // { pool => "$SUBSCRIPTION/rg-1/HostPool1" };
    my $text = "[credentials app]\nfile = $self->{folder}/secret.auth\n";
    $text .= $self->target($_, $targets->{$_}, %{ $given{options} // {} }) for sort keys %{$targets};
    write_file($self->config, $text . ($given{more} // q{}));
    return;
}

sub control {
    my ($self, %control) = @_;
    my $path = "$self->{folder}/control";
    write_file("$path.new", $json->encode({ %{ $self->{base} }, %control, turn => ++$self->{turn} }));
    rename "$path.new", $path or die "rename: $!\n";
    return;
}

sub faults { my ($self, @faults) = @_; return $self->control(faults => \@faults) }

sub asked_in_full {
    my ($self) = @_;
    my @lines = split /\n/, read_file("$self->{folder}/log");
    my @new = map { $json->decode($_) } @lines[ $self->{seen} .. $#lines ];
    $self->{seen} = @lines;
    return @new;
}

sub asked {
    my ($self) = @_;
    return map {"$_->{method} $_->{path}?$_->{query}"} $self->asked_in_full;
}

sub stop_server { my ($self) = @_; return stop($self->{process}) }

1;
