# SPDX-License-Identifier: GPL-3.0-or-later
#
# WinRM on plain HTTP with encrypted messages, for the tests: t/servers/wsman/negotiate in front of a Curfew::Wsman.
#
#   my $sealed = Curfew::Sealed->new(behind => $peer->port('behind'), users => ['CORP\\bob:word'], keytab => FILE, env => {…});
#   $sealed->{port}
#   $sealed->fault('replay', 2)   # of the second message of a connection; none: all is well again
#   $sealed->log                  # lines "leg ntlm …", "message ntlm CORP\bob", "refused …" since the last call
#   $sealed->bytes                # what came over the wire, since the beginning
package Curfew::Sealed;

use strict;
use warnings;

use File::Copy qw(copy);

use Curfew;

my $PYTHON = '/usr/bin/python3';

# What has to be there; the reason if something is not.
sub missing {
    return "$PYTHON is not there" if !-x $PYTHON;
    return 'the Python modules winrm, impacket and gssapi are not all there (Debian: python3-winrm python3-impacket python3-gssapi)'
        if system("$PYTHON -c 'import winrm.encryption, impacket.ntlm, gssapi' 2>/dev/null") != 0;
    return 'NTLM is no mechanism of GSS-API (Debian: gss-ntlmssp)' if !glob '/etc/gss/mech.d/*ntlm*';
    return;
}

sub new {
    my ($class, %given) = @_;
    my $folder = tempdir();
    my $self = bless { folder => $folder, seen => 0 }, $class;
    copy(source_dir() . '/t/servers/wsman/negotiate', "$folder/negotiate") or die "negotiate: $!\n";
    chmod 0755, "$folder/negotiate" or die "negotiate: $!\n";
    my @arguments = ('--behind', $given{behind}, '--folder', "$folder", map { ('--user', $_) } @{ $given{users} // [] });
    push @arguments, '--keytab', $given{keytab} if $given{keytab};
    push @arguments, '--tls', $given{tls} if $given{tls};
    push @arguments, '--port', $given{port} if $given{port};
    $self->{process} = start($PYTHON, "$folder/negotiate", @arguments,
        { timeout => 300, dir => "$folder", env => $given{env} // {} });
    wait_for { -e "$folder/port" } 60 or die 'the peer has not come up: ' . stop($self->{process}, 'KILL')->{err};
    ($self->{port}) = read_file("$folder/port") =~ /(\d+)/;
    return $self;
}

sub fault {
    my ($self, @words) = @_;
    write_file("$self->{folder}/fault.new", "@words");
    rename "$self->{folder}/fault.new", "$self->{folder}/fault" or die "fault: $!\n";
    return;
}

sub log {    ## no critic (ProhibitBuiltinHomonyms)
    my ($self) = @_;
    my @all = -e "$self->{folder}/log" ? split /\n/, read_file("$self->{folder}/log") : ();
    my @new = @all[ $self->{seen} .. $#all ];
    $self->{seen} = @all;
    return @new;
}

sub bytes { my ($self) = @_; return read_file("$self->{folder}/bytes") }

1;
