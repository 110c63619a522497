#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# winrm:// on port 5985: plain HTTP, messages encrypted by Kerberos or NTLM.  The other side is pywinrm's, impacket's and
# python3-gssapi's code (t/servers/wsman/negotiate), and is itself asked by pywinrm's client.
use strict;
use warnings;

use IO::Socket::INET ();
use Test::More;

use Curfew;
use Curfew::Kdc;
use Curfew::Recorded qw(recording_holds);
use Curfew::Sealed;
use Curfew::Wsman;

# Ports 5985 and 5986 are asked for, so as root the network is our own.
if ($> == 0 && !$ENV{CURFEW_OWN_NETWORK}) {
    local $ENV{CURFEW_OWN_NETWORK} = 1;
    exec 'unshare', '--net', '--', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh', $^X, (map {"-I$_"} @INC), $0;
}

for my $reason ((!program('provider-winrm') ? 'winrm was not built: it needs libcurl, expat and GSS-API' : ()),
    Curfew::Wsman::missing(), Curfew::Kdc::missing(), Curfew::Sealed::missing()) {
    next if !defined $reason;
    BAIL_OUT($reason) if $ENV{CURFEW_CI};
    plan skip_all => $reason;
}

my $SHELL  = 'B6631D8E-65A0-49F2-9053-A1B156C95777';
my $SECOND = '01AA3E43-9E21-424B-A7FC-BC16AA34F4CE';
my $kdc    = Curfew::Kdc->new;
my $peer   = Curfew::Wsman->new(farm => <<"FARM", plain => ['behind'], trust_user => 1);
[host ts01]
[session $SHELL]
user = bob
domain = CORP
last-input = -45m
[session $SECOND]
user = carol
domain = CORP
last-input = -45m
FARM
my $sealed = Curfew::Sealed->new(
    behind => $peer->port('behind'),
    keytab => $kdc->keytab('http', 'HTTP/ts01.farm.localhost'),
    users  => ['TS01\\admin:geheim 9', 'TS01\\unicode:grüße'],
    port   => $> == 0 ? 5985 : 0,
    env    => $kdc->{environment},
);
my $certificate = $peer->{certificate}{good};
my $tls = Curfew::Sealed->new(
    behind => $peer->port('behind'),
    users  => ['TS01\\admin:geheim 9'],
    tls    => "$certificate," . $certificate =~ s/[.]pem$/.key/r,
);
my $tickets = $kdc->tickets('alice');
my $url     = "winrm://ts01.farm.localhost:$sealed->{port}";

sub target {
    my ($name, @lines) = @_;
    return "[target $name]\n" . join q{}, map {"$_\n"} @lines;
}

my $folder = tempdir();
for my $file ([ admin => 'TS01\\admin', 'geheim 9' ], [ unicode => 'TS01\\unicode', 'grüße' ], [ wrong => 'TS01\\admin', 'geheim 8' ]) {
    my ($name, $user, $password) = @{$file};
    chmod 0600, write_file("$folder/$name.auth", "username = $user\npassword = $password\n");
}
my $config = $peer->config(join q{},
    (map {"[credentials $_]\nfile = $folder/$_.auth\n"} qw(admin unicode wrong)),
    target('kerberos', "url = $url", 'plain-http = yes', "ccache = $tickets"),
    (map { target("ntlm-$_", "url = $url", 'plain-http = yes', 'auth = ntlm', "credentials = $_") } qw(admin unicode wrong)),
    target('othername', "url = winrm://127.0.0.1:$sealed->{port}", 'plain-http = yes', "ccache = $tickets"),
    target('basic', "url = $url", 'plain-http = yes', 'auth = basic', 'credentials = alice'),
    target('pinned', "url = $url", 'plain-http = yes', "ccache = $tickets", 'pin = ' . ('ab' x 32)),
    target('odd', "url = $url", 'plain-http = maybe'),
    target('either', 'url = winrm://ts01.farm.localhost', "ccache = $tickets"),
    target('tls', 'url = winrm://ts01.farm.localhost', "ccache = $tickets", 'plain-http = no'),
    target('meant', 'url = winrm://ts01.farm.localhost', 'auth = ntlm', 'credentials = admin'),
    target('byport', 'url = winrm://ts01.farm.localhost:5985', "ccache = $tickets"),
    target('tls-ntlm', "url = winrm://ts01.farm.localhost:$tls->{port}", "ca = $peer->{certificates}{ca}", 'auth = ntlm', 'credentials = admin'),
    target('tls-strange', "url = winrm://ts01.farm.localhost:$tls->{port}", 'auth = ntlm', 'credentials = admin'),
    target('nobody', 'url = winrm://ts01.farm.localhost:1', "ccache = $tickets", 'plain-http = yes'),
);

sub check { return run('check_sessions', '--config', $config, @_, { env => $kdc->{environment} }) }
sub log_of { my ($run) = @_; return diag "$run->{out}$run->{err}", map {"# $_\n"} $sealed->log }

subtest 'the peer itself: pywinrm asks it' => sub {
    my $client = write_file("$folder/client.py", <<"PYTHON");
import winrm
session = winrm.Session('http://127.0.0.1:$sealed->{port}', auth=('TS01\\\\admin', 'geheim 9'), transport='ntlm', message_encryption='always')
print(session.run_cmd('whoami').std_out.decode())
PYTHON
    # ntlm_auth wants MD4 of OpenSSL, which has it among what is old.
    my $legacy = write_file("$folder/openssl.cnf", <<'CONF');
openssl_conf = all
[all]
providers = both
[both]
default = on
legacy = on
[on]
activate = 1
CONF
    my $run = run('/usr/bin/python3', $client, { timeout => 60, env => { OPENSSL_CONF => $legacy } });
    like $run->{out}, qr/ran whoami/, 'a command is run, over encrypted messages' or log_of($run);
    ok scalar(grep {/^message ntlm TS01/} $sealed->log), 'and the peer has seen them so';
};
$peer->requests;

for my $way ([ 'kerberos', 'kerberos', "alice\@$Curfew::Kdc::REALM", 1 ], [ 'ntlm-admin', 'ntlm', 'TS01\\admin', 2 ], [ 'ntlm-unicode', 'ntlm', 'TS01\\unicode', 2 ]) {
    my ($target, $kind, $user, $legs) = @{$way};
    my $run = check('-T', $target, '--output', 'json');
    is $run->{status}, 0, "$target: the list comes" or log_of($run);
    my %shells = map { $_->{id} => $_ } @{ json($run->{out})->{targets}[0]{snapshot}{sessions} // [] };
    is $shells{$SHELL}{user}, 'bob', "$target: the shells are there";
    is_deeply [ $peer->requests ], [ map {"ts01 $_ $user"} qw(Enumerate Get) ], "$target: the host knows who it is";
    my @log = $sealed->log;
    is_deeply [ map { (split q{ })[0] } @log ], [ ('leg') x $legs, 'message', 'message' ], "$target: one login, then messages"
        or diag map {"# $_\n"} @log;
    ok !(grep { !/ $kind / } @log), "$target: by $kind";
}
unlike $sealed->bytes, qr/Envelope|geheim|$SHELL/, 'nothing of SOAP, and no password, has been on the wire';

for my $target (qw(kerberos ntlm-admin)) {
    my $text = recording_holds($target, [ '--config', $config, '-T', $target ],
        { env => $kdc->{environment}, secrets => [ qw(geheim admin alice bob carol CORP ts01 farm), $SHELL, 'TS01', 'Negotiate', 'TlRMTVNT' ], sessions => 2 });
    like $text, qr/"method":"POST".*\bEnumerate\b.*"status":200.*ShellRunTime/, 'SOAP is in it' or diag $text;
}
$sealed->log;
$peer->requests;

my $state = tempdir();

sub act {
    my (@arguments) = @_;
    return run('logoff_sessions', '--config', $config, '--execute', '--state-dir', "$state", @arguments, { env => $kdc->{environment} });
}

subtest 'acts' => sub {
    my $run = act('-T', 'ntlm-admin', '--id', $SHELL);
    like $run->{out}, qr/log off done/, 'an act goes the same way' or log_of($run);
    $sealed->log;
    $sealed->fault('close', 0);
    $run = act('-T', 'kerberos', '--id', $SECOND);
    like $run->{out}, qr/log off done/, 'and over a host that hangs up after each answer' or log_of($run);
    my @log = $sealed->log;
    cmp_ok scalar(grep {/^leg/} @log), '>=', 3, 'with a new login each time';
    is_deeply [ grep {/^stranger/} @log ], [], 'and no message on a connection that is not logged in' or diag map {"# $_\n"} @log;
    is scalar(grep {/Delete/} $peer->requests), 2, 'each order was given once';
    $sealed->fault;
};

subtest 'answers that are not as they were sent' => sub {
    for my $target (qw(kerberos ntlm-admin)) {
        for my $case (
            [ 'replay', 2, qr/the answer is refused, because it was changed, cut or repeated/ ],
            [ 'gap',    1, qr/the answer is refused, because it was changed, cut or repeated/ ],
            [ 'gap',    2, qr/the answer is refused, because it was changed, cut or repeated/ ],
            [ 'flip',   1, qr/the answer is refused, because it was changed, cut or repeated/ ],
            [ 'cut',    1, qr/the answer is refused, because it was changed, cut or repeated/ ],
            [ 'short',  1, qr/the encrypted answer is cut off/ ],
            [ 'length', 1, qr/the answer is refused, because it is not as long as it says/ ],
            [ 'plain',  1, qr/the answer is refused, because it is not encrypted \(HTTP 200\)/ ],
        ) {
            my ($fault, $number, $text) = @{$case};
            $sealed->fault($fault, $number);
            my $run = check('-T', $target, '-v');
            is $run->{status}, 3, "$target: $fault in message $number: UNKNOWN" or log_of($run);
            like $run->{out}, $text, "$target: $fault in message $number: refused" or log_of($run);
        }
        $sealed->fault('forget', 2);
        my $run = check('-T', $target);
        is $run->{status}, 0, "$target: a host that forgets a login is logged in to once more" or log_of($run);
        $sealed->fault('forget', 0);
        $run = check('-T', $target, '-v');
        like $run->{out}, qr/was not accepted/, "$target: and not for ever" or log_of($run);
        $sealed->fault;
    }
    $sealed->log;
    $peer->requests;
};

subtest 'logins that are none' => sub {
    my $run = check('-T', 'ntlm-wrong', '--diagnose');
    is $run->{status}, 3, 'a wrong password';
    like $run->{out}, qr/log in FAILED: login failed: .*\(auth = ntlm\) was not accepted/, 'is said' or log_of($run);
    for my $case ([ 'kerberos', 'noproof', qr/the host does not prove who it is/ ], [ 'kerberos', 'tokens', qr/log in FAILED/ ],
        [ 'ntlm-admin', 'basic', qr/does not take auth = ntlm; it offers basic/ ], [ 'kerberos', 'deny', qr/look at the tickets/ ]) {
        my ($target, $fault, $text) = @{$case};
        $sealed->fault($fault);
        $run = check('-T', $target, '--diagnose');
        is $run->{status}, 3, "$target, $fault: UNKNOWN";
        like $run->{out}, $text, "$target, $fault: says so" or log_of($run);
    }
    $sealed->fault;
    $run = check('-T', 'othername', '--diagnose');
    like $run->{out}, qr/the login by Kerberos fails: /, 'no ticket for a host by its address' or log_of($run);
    ok !(grep {/^message/} $sealed->log), 'nobody was asked anything';
    is_deeply [ $peer->requests ], [], 'nor told';
};

subtest 'what is configured' => sub {
    like check('-T', 'basic')->{out}, qr/would show the password to everybody on the way: it needs TLS/, 'no password in the clear';
    like check('-T', 'pinned')->{out}, qr/a ca or a pin is for TLS, and plain-http is without it/, 'no pin without TLS';
    like check('-T', 'odd')->{out}, qr/plain-http is yes or no, not "maybe"/, 'yes or no';
    like check('-T', 'nobody', '-v')->{out}, qr/nothing listens there/, 'a port without a service';
    is_deeply [ $sealed->log ], [], 'nothing was sent';
};

subtest 'NTLM under TLS, as Windows offers it: inside Negotiate' => sub {
    my $run = check('-T', 'tls-ntlm');
    is $run->{status}, 0, 'the list comes' or log_of($run), diag $tls->log;
    is_deeply [ map { (split q{ })[0] } $tls->log ], [qw(leg leg message message)], 'with one login';
    like check('-T', 'tls-strange', '-v')->{out}, qr/certificate is not trusted/, 'and to nobody whom the certificate does not name';
    is_deeply [ $tls->log ], [], 'who gets no token';
};

subtest '5986, then 5985' => sub {
    plan skip_all => 'only root has a network of its own' if $> != 0;
    my $run = check('-T', 'either');
    is $run->{status}, 0, 'nothing listens at 5986: 5985 is asked' or log_of($run);
    is_deeply [ map { (split q{ })[0] } $sealed->log ], [qw(leg message message)], 'with encrypted messages';
    is check('-T', 'byport')->{status}, 0, 'port 5985 says it, too';
    $sealed->log;
    for my $target (qw(tls meant)) {
        like check('-T', $target, '-v')->{out}, qr/nothing listens there/, "$target: 5986 alone";
    }
    my $silent = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 5986, Listen => 8) or die "5986: $!\n";
    $sealed->log;
    $run = check('-T', 'either', '-v', '--target-timeout', '8s');
    is $run->{status}, 0, 'somebody at 5986 who says nothing holds it up for a second' or log_of($run);
    unlike $sealed->bytes, qr/Envelope/, 'and whatever came of it was encrypted';
};

# All runs used a copy of the cache in memory.
subtest 'tickets that a run gets are in the cache for the next one' => sub {
    my $list = run('/usr/bin/klist', '-c', $tickets, { env => $kdc->{environment} });
    is scalar(() = $list->{out} =~ m{HTTP/ts01[.]farm[.]localhost\@}g), 1, 'once' or diag $list->{out};
};

done_testing;
