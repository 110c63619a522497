# SPDX-License-Identifier: GPL-3.0-or-later
#
# A KDC of our own on loopback, as an ordinary account (MIT's krb5kdc).
#
#   my $kdc = Curfew::Kdc->new(realms => { 'SILENT.TEST' => PORT });   # realms whose KDC is at that port
#   $kdc->keytab('http', 'HTTP/ts01.farm.localhost', …)               # its path; the principals are made
#   $kdc->account('keith', 'password');
#   $kdc->tickets('alice');                                            # the path of a cache, by a keytab of her own
#   run(…, { env => $kdc->{environment} });
package Curfew::Kdc;

use strict;
use warnings;

use Carp qw(croak);
use IO::Socket::INET ();

use Curfew;
use Daemon qw(free_port);

our $REALM = 'CURFEW.TEST';

# What has to be there; the reason if something is not.
sub missing {
    my @lacking = grep { !-e } qw(/usr/sbin/krb5kdc /usr/sbin/kdb5_util /usr/sbin/kadmin.local /usr/bin/kinit);
    return @lacking ? "@lacking is not there (Debian: krb5-kdc krb5-user krb5-admin-server)" : undef;
}

sub ready {
    my ($port) = @_;
    return wait_for { IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port") } 60;
}

sub new {
    my ($class, %given) = @_;
    my $folder = tempdir();
    my $self   = bless { folder => $folder, port => free_port() }, $class;
    my $others = join q{}, map {"$_ = {\n  kdc = 127.0.0.1:$given{realms}{$_}\n}\n"} sort keys %{ $given{realms} // {} };
    $self->{environment} = {
        KRB5RCACHENAME => "file2:$folder/replays",    # not in /var/tmp
        KRB5_CONFIG => write_file("$folder/krb5.conf", <<"CONF"),
[libdefaults]
default_realm = $REALM
dns_lookup_kdc = false
dns_lookup_realm = false
dns_canonicalize_hostname = false
rdns = false
[realms]
$REALM = {
  kdc = 127.0.0.1:$self->{port}
}
$others\[domain_realm]
.farm.localhost = $REALM
CONF
        KRB5_KDC_PROFILE => write_file("$folder/kdc.conf", <<"CONF"),
[kdcdefaults]
kdc_listen = 127.0.0.1:$self->{port}
kdc_tcp_listen = 127.0.0.1:$self->{port}
[realms]
$REALM = {
  database_name = $folder/principal
  key_stash_file = $folder/stash
  acl_file = $folder/acl
}
CONF
    };
    $self->tool('/usr/sbin/kdb5_util', 'create', '-s', '-r', $REALM, '-P', 'master');
    $self->{process} = start('/usr/sbin/krb5kdc', '-n', { env => $self->{environment}, timeout => 300, dir => "$folder" });
    ready($self->{port}) or croak 'the KDC has not come up: ' . stop($self->{process}, 'KILL')->{err};
    return $self;
}

sub tool {
    my ($self, @command) = @_;
    my $run = run(@command, { env => $self->{environment}, dir => "$self->{folder}" });
    croak "@command: $run->{out}$run->{err}" if ($run->{status} // 1) != 0;
    return $run;
}

sub _admin { my ($self, $order) = @_; return $self->tool('/usr/sbin/kadmin.local', '-q', $order) }

sub account { my ($self, $name, $password) = @_; return $self->_admin("addprinc -pw $password $name") }

sub keytab {
    my ($self, $name, @principals) = @_;
    for my $principal (@principals) {
        $self->_admin("addprinc -randkey $principal");
        $self->_admin("ktadd -k $self->{folder}/$name.keytab $principal");
    }
    return "$self->{folder}/$name.keytab";
}

sub tickets {
    my ($self, $name) = @_;
    my $keytab = $self->keytab($name, $name);
    $self->tool('/usr/bin/kinit', '-k', '-t', $keytab, '-c', "FILE:$self->{folder}/$name.tickets", $name);
    return "$self->{folder}/$name.tickets";
}

1;
