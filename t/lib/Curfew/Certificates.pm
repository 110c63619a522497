# SPDX-License-Identifier: GPL-3.0-or-later
#
# Certificates for the servers of t/servers, made anew for each test by openssl(1).
#
#   my $made = Curfew::Certificates->new($folder);           # an authority: $made->{ca}, a PEM file
#   my ($cert, $key) = $made->server('good', 'IP:127.0.0.1', 'DNS:localhost');
#   my ($cert, $key) = $made->server('old', { days => -1 }, 'IP:127.0.0.1');    # expired
#   my ($cert, $key) = $made->alone('self', 'IP:127.0.0.1'); # signed by itself
#   my ($cert, $key) = $made->client('monitor');             # for TLS clients, and for signing (RSA)
#   $made->fingerprint($cert)                                # SHA-256, hexadecimal
package Curfew::Certificates;

use strict;
use warnings;

use Carp qw(croak);
use POSIX qw(strftime);

my @EC  = qw(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1);
my @RSA = qw(-newkey rsa:2048);

sub new {
    my ($class, $folder) = @_;
    my $self = bless { folder => $folder, ca => "$folder/ca.pem", ca_key => "$folder/ca.key" }, $class;
    $self->_openssl(qw(req -x509), @EC, qw(-nodes -days 2 -subj /CN=curfew-test-ca),
        -addext => 'keyUsage=critical,keyCertSign,cRLSign', '-keyout',    # Python 3.13 and newer refuse an authority without
        $self->{ca_key}, '-out', $self->{ca});
    return $self;
}

sub _openssl {
    my ($self, @arguments) = @_;
    my $log = "$self->{folder}/openssl.log";
    system('sh', '-c', 'log=$1; shift; exec openssl "$@" >"$log" 2>&1', 'sh', $log, @arguments) == 0
        or croak "openssl @arguments: see $log";
    return;
}

# openssl from 3.4 on refuses to count days back, and takes dates, which older ones don't know.
sub _lifetime {
    my ($self, $days) = @_;
    return ('-days', $days) if $days >= 0;
    my $help = qx{openssl x509 -help 2>&1};
    return ('-days', $days) if $help !~ /-not_after/;
    my ($from, $to) = map { strftime('%Y%m%d%H%M%SZ', gmtime(time + $_ * 86_400)) } $days - 1, $days;
    return ('-not_before', $from, '-not_after', $to);
}

sub _signed {
    my ($self, $name, $days, $extensions, @kind) = @_;
    my ($certificate, $key, $request, $more) = map { "$self->{folder}/$name.$_" } qw(pem key csr ext);
    open my $file, '>', $more or croak "$more: $!";
    print {$file} map {"$_\n"} @{$extensions} or croak "$more: $!";
    close $file or croak "$more: $!";
    $self->_openssl('req', @kind, '-nodes', '-subj', "/CN=$name", '-keyout', $key, '-out', $request);
    $self->_openssl(qw(x509 -req -set_serial), int(rand 2**31), $self->_lifetime($days), '-in', $request,
        '-CA', $self->{ca}, '-CAkey', $self->{ca_key}, '-extfile', $more, '-out', $certificate);
    return ($certificate, $key);
}

sub server {
    my ($self, $name, @names) = @_;
    my $options = ref $names[0] ? shift @names : {};
    return $self->_signed($name, $options->{days} // 2,
        [ 'subjectAltName=' . join(q{,}, @names), 'extendedKeyUsage=serverAuth' ], @EC);
}

sub client {
    my ($self, $name) = @_;
    return $self->_signed($name, 2, ['extendedKeyUsage=clientAuth'], @RSA);
}

sub alone {
    my ($self, $name, @names) = @_;
    my ($certificate, $key) = map { "$self->{folder}/$name.$_" } qw(pem key);
    $self->_openssl(qw(req -x509), @EC, qw(-nodes -days 2), '-subj', "/CN=$name", '-addext',
        'subjectAltName=' . join(q{,}, @names), '-keyout', $key, '-out', $certificate);
    return ($certificate, $key);
}

sub fingerprint {
    my ($self, $certificate) = @_;
    my $print = qx{openssl x509 -in '$certificate' -noout -fingerprint -sha256};
    my ($hex) = $print =~ /=([0-9A-F:]+)/ or croak "$certificate: no fingerprint";
    $hex =~ tr/://d;
    return lc $hex;
}

1;
