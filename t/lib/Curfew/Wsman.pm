# SPDX-License-Identifier: GPL-3.0-or-later
#
# A WS-Man service for the tests (t/servers/wsman), with its certificates.
#
#   my $peer = Curfew::Wsman->new(farm => TEXT, listen => [qw(good other)], broker => FILE);
#   $peer->url('ts01')                   # winrm://ts01.farm.localhost:PORT
#   $peer->config(TEXT)                  # a configuration: [credentials alice], and what is given; its path
#   $peer->fault('ts01', 'slow', 0.05)   # from the next request on; a host of '*' is all of them
#   $peer->requests                      # lines "host action user", since the last call
package Curfew::Wsman;

use strict;
use warnings;

use File::Copy qw(copy);

use Curfew;
use Curfew::Certificates;

my @FILES = qw(t/servers/wsman/server t/servers/wsman/Broker.pm t/servers/wsman/Shells.pm t/servers/wsman/Soap.pm t/lib/Curfew/Played.pm);

# What has to be there; the reason if something is not.
sub missing {
    for my $module (qw(Mojolicious IO::Socket::SSL XML::LibXML)) {
        return "the Perl module $module is not installed" if !eval "require $module; 1";    ## no critic (ProhibitStringyEval)
    }
    return;
}

# The server's own files, where the account that it runs as can read them.
sub _copy_server {
    my ($to) = @_;
    for my $file (@FILES) {
        my $copy = "$to/" . ($file =~ s{^t/servers/wsman/|^t/lib/}{}r);
        mkdir $copy =~ s{/[^/]+$}{}r;
        copy(source_dir() . "/$file", $copy) or die "$file: $!\n";
        chmod 0755, $copy or die "$copy: $!\n";
    }
    return;
}

# good: for localhost, from the authority; alone: signed by itself; other: for another name; old: expired.
sub _certificates {
    my ($self, $name) = @_;
    my $made  = $self->{certificates};
    my @names = ('DNS:*.farm.localhost', 'DNS:localhost', 'IP:127.0.0.1');
    return
          $name eq 'alone' ? $made->alone($name, @names)
        : $name eq 'other' ? $made->server($name, 'DNS:other.example')
        : $name eq 'old'   ? $made->server($name, { days => -1 }, @names)
        :                    $made->server($name, @names);
}

sub new {
    my ($class, %given) = @_;
    my $folder = tempdir();
    my $self   = bless { folder => $folder, files => tempdir(), seen => 0, faults => {} }, $class;
    $self->{certificates} = Curfew::Certificates->new("$self->{files}");
    _copy_server("$self->{files}");
    my @arguments = ('--sim', program('provider-sim'), '--farm', farm($given{farm}), '--folder', "$folder");
    for my $name (@{ $given{listen} // ['good'] }) {
        my ($certificate, $key) = $self->_certificates($name);
        $self->{certificate}{$name} = $certificate;
        chmod 0644, $key or die "$key: $!\n";
        push @arguments, '--listen', "$name=$certificate,$key" . ($name eq 'mutual' ? ",$self->{certificates}{ca}" : q{});
    }
    push @arguments, '--plain', $_ for @{ $given{plain} // [] };
    push @arguments, '--broker', $given{broker} if $given{broker};
    push @arguments, '--trust-user' if $given{trust_user};
    $self->{process} = start("$self->{files}/server", @arguments, { timeout => 300, dir => "$folder" });
    wait_for { -e "$folder/ports" } 60 or die 'the WS-Man service has not come up: ' . stop($self->{process}, 'KILL')->{err};
    %{ $self->{ports} } = map { split q{ } } split /\n/, read_file("$folder/ports");
    return $self;
}

sub port { my ($self, $name) = @_; return $self->{ports}{ $name // 'good' } }

sub url {
    my ($self, $host, $name) = @_;
    return "winrm://$host.farm.localhost:" . $self->port($name);
}

sub config {
    my ($self, $text) = @_;
    my $folder = tempdir();
    push @{ $self->{kept} }, $folder;
    my $file = write_file("$folder/alice.auth", "username = alice\npassword = secret\n");
    chmod 0600, $file or die "$file: $!\n";
    return write_file("$folder/curfew.conf", "[credentials alice]\nfile = $file\n$text");
}

sub fault {
    my ($self, $host, @fault) = @_;
    $self->{faults}{$host} = "@fault";
    write_file("$self->{folder}/faults.new", join q{}, map {"$_ $self->{faults}{$_}\n"} sort { $b cmp $a } keys %{ $self->{faults} });
    rename "$self->{folder}/faults.new", "$self->{folder}/faults" or die "faults: $!\n";
    return;
}

sub requests {
    my ($self) = @_;
    my @all = -e "$self->{folder}/requests" ? split /\n/, read_file("$self->{folder}/requests") : ();
    my @new = @all[ $self->{seen} .. $#all ];
    $self->{seen} = @all;
    return @new;
}

1;
