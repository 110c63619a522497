# SPDX-License-Identifier: GPL-3.0-or-later
# Icinga2 - a real icinga2 on loopback, seen through its own API.
#
#   my $icinga = Icinga2->new(dir => $dir, before => 'const …', config => 'object Host …');
#   $icinga->start or BAIL_OUT($icinga->journal);
#   $icinga->service('farm!sessions-farm')->{last_check_result}{performance_data}
package Icinga2;

use strict;
use warnings;

use Carp qw(croak);
use JSON::PP qw(decode_json encode_json);

use Daemon qw(account as_account free_port slurp spew wait_until);

our %needs = (icinga2 => 'icinga2-bin icinga2-common', curl => 'curl', openssl => 'openssl', setpriv => 'util-linux');

# dir: a workdir(); config: objects, contrib's included; password of the API is random enough for loopback.
sub new {
    my ($class, %self) = @_;
    my $self = bless {%self, port => free_port(), password => sprintf('%x%x', rand 2**31, $$)}, $class;
    $self->write_certificate;
    spew("$self->{dir}/etc/icinga2.conf", <<"END" . $self->{config});
const PluginDir = "/usr/lib/nagios/plugins"
const ManubulonPluginDir = PluginDir
const PluginContribDir = PluginDir
const NodeName = "localhost"
const ZoneName = NodeName
include <itl>
object Endpoint NodeName { }
object Zone ZoneName { endpoints = [ NodeName ] }
object ApiListener "api" { bind_host = "127.0.0.1", bind_port = $self->{port} }
object ApiUser "test" { password = "$self->{password}", permissions = [ "*" ] }
object CheckerComponent "checker" { }
object NotificationComponent "notification" { }
object FileLogger "log" { severity = "notice", path = LogDir + "/icinga2.log" }
END
    return $self;
}

# The API wants a certificate for NodeName; its own serves as the authority.
sub write_certificate {
    my ($self) = @_;
    my $certs = "$self->{dir}/data/certs";
    spew("$certs/localhost.key", q{});
    my @command = (
        qw(openssl req -x509 -nodes -newkey rsa:2048 -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost),
        '-keyout', "$certs/localhost.key", '-out', "$certs/localhost.crt");
    open my $saved, '>&', \*STDERR or croak "dup: $!";
    open STDERR, '>', '/dev/null' or croak "/dev/null: $!";
    my $status = system @command;
    open STDERR, '>&', $saved or croak "dup: $!";
    croak 'openssl made no certificate' if $status;
    spew("$certs/$_", slurp("$certs/localhost.crt")) for qw(localhost.crt ca.crt);
    return;
}

sub command {
    my ($self, @more) = @_;
    my $dir = $self->{dir};
    my %define = (
        ConfigDir  => "$dir/etc",
        ZonesDir   => "$dir/etc/zones.d",
        DataDir    => "$dir/data",
        LogDir     => "$dir/log",
        CacheDir   => "$dir/cache",
        SpoolDir   => "$dir/spool",
        InitRunDir => "$dir/run",
        RunAsUser  => account(),
        RunAsGroup => scalar getgrgid((getpwnam account())[3]),
    );
    spew("$dir/$_/.keep", q{}) for qw(data log cache spool run etc/zones.d);
    return (as_account(), 'icinga2', 'daemon', '-c', "$dir/etc/icinga2.conf",
        map({('-D', "$_=$define{$_}")} sort keys %define), @more);
}

# Does icinga2 itself accept the configuration?  Its words otherwise.
sub validate {
    my ($self) = @_;
    my $daemon = Daemon->start("$self->{dir}/validate.out", $self->command('-C'));
    wait_until(60, sub { !$daemon->alive }) or return 'icinga2 -C does not end';
    my $said = slurp("$self->{dir}/validate.out");
    return $said =~ /Finished validating the configuration file/ ? q{} : $said;
}

sub start {
    my ($self) = @_;
    $self->{daemon} = Daemon->start("$self->{dir}/icinga2.out", $self->command);
    wait_until(60, sub { !$self->{daemon}->alive || eval { $self->api('GET', 'status/IcingaApplication') } });
    return $self->{daemon}->alive;
}

sub stop {
    my ($self) = @_;
    $self->{daemon}->stop if $self->{daemon};
    return;
}

sub journal {
    my ($self) = @_;
    return slurp("$self->{dir}/log/icinga2.log") || slurp("$self->{dir}/icinga2.out");
}

# api(METHOD, PATH, BODY): the "results" of an answer.
sub api {
    my ($self, $method, $path, $body) = @_;
    my $request = spew("$self->{dir}/request.curl", join "\n",
        qq{user = "test:$self->{password}"},
        qq{url = "https://localhost:$self->{port}/v1/$path"},
        qq{cacert = "$self->{dir}/data/certs/ca.crt"},
        qq{connect-to = "localhost:$self->{port}:127.0.0.1:$self->{port}"},
        qq{header = "Accept: application/json"},
        qq{header = "X-HTTP-Method-Override: $method"},
        'request = "POST"', 'data = ' . encode_json([encode_json($body // {})]) =~ s/^\[|\]$//gr, q{});
    open my $curl, '-|', 'curl', '-qs', '--max-time', 60, '-K', $request or croak "curl: $!";
    my $answer = do { local $/ = undef; <$curl> };
    close $curl or croak "API $path: no answer";
    my $results = decode_json($answer)->{results} or croak "API $path: $answer";
    return $results;
}

# What the story wants to know (Loop.pm).  Results are in curfew.conf's own host, "farm".
sub view {
    my ($self, $name) = @_;
    my $is = eval { $self->service("farm!$name") } or return;
    my $result = $is->{last_check_result} // {};
    return {
        checked  => $is->{last_check} > 0 ? $is->{last_check} : 0,
        state    => (qw(OK WARNING CRITICAL UNKNOWN))[$is->{state}],
        type     => (qw(SOFT HARD))[$is->{state_type}],
        output   => $result->{output},
        perfdata => {map { /^'?(.*?)'?=([-\d.]+)/ } @{$result->{performance_data} // []}},
    };
}

sub handlers {
    my ($self) = @_;
    my $told = qr/'--service-state' '(\w+)' '--state-type' '(\w+)'/;
    my @runs = grep { /Running command/ } split /\n/, $self->journal;
    return map { /$told/ ? "$1 $2" : () } @runs;
}

sub enable_check {
    my ($self, $name, $on) = @_;
    return $self->modify_service("farm!$name", enable_active_checks => $on ? JSON::PP::true : JSON::PP::false);
}

sub host_downtime {
    my ($self, $on) = @_;
    my %what = (type => 'Host', filter => 'host.name=="farm"', author => 'test');
    %what = (%what, comment => 'x', start_time => time - 60, end_time => time + 3600) if $on;
    return $self->api('POST', 'actions/' . ($on ? 'schedule' : 'remove') . '-downtime', \%what)->[0]{code} == 200;
}

sub acknowledge {
    my ($self, $name, $on) = @_;
    my %what = (type => 'Service', filter => qq{host.name=="farm" && service.name=="$name"}, author => 'test');
    %what = (%what, comment => 'x', sticky => JSON::PP::true) if $on;
    return $self->api('POST', 'actions/' . ($on ? 'acknowledge-problem' : 'remove-acknowledgement'), \%what)->[0]{code} == 200;
}

sub notified {
    my ($self) = @_;
    return split /\n/, slurp("$self->{dir}/notified");
}

sub service {
    my ($self, $name) = @_;
    return $self->api('GET', "objects/services/$name")->[0]{attrs};
}

# Changes attributes of a running service.
sub modify_service {
    my ($self, $name, %attrs) = @_;
    return $self->api('POST', "objects/services/$name", {attrs => \%attrs})->[0]{code} == 200;
}

1;
