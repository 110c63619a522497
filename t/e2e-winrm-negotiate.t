#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# winrm:// with auth = negotiate: a KDC of our own, and Apache's mod_auth_gssapi in front of the WS-Man service, all of
# them on loopback and as an ordinary account.
use strict;
use warnings;

use IO::Socket::INET ();
use Test::More;

use Curfew;
use Curfew::Wsman;

sub lacking {
    my ($reason) = @_;
    BAIL_OUT($reason) if $ENV{CURFEW_CI};
    plan skip_all => $reason;
    return;
}

my $modules = '/usr/lib/apache2/modules';
lacking('winrm was not built: it needs libcurl, expat and GSS-API') if !program('provider-winrm');
lacking(Curfew::Wsman::missing()) if Curfew::Wsman::missing();
for my $file (qw(/usr/sbin/krb5kdc /usr/sbin/kdb5_util /usr/sbin/kadmin.local /usr/bin/kinit /usr/sbin/apache2),
    "$modules/mod_auth_gssapi.so") {
    lacking("$file is not there (Debian: krb5-kdc krb5-user krb5-admin-server apache2 libapache2-mod-auth-gssapi)") if !-e $file;
}

# Free a moment ago; nobody else asks for it on purpose.
sub free_port {
    my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1) or die "no port: $!\n";
    return $socket->sockport;
}

my $folder = tempdir();
my $REALM  = 'CURFEW.TEST';
my ($kdc_port, $web_port, $plain_port) = map { free_port() } 1 .. 3;
my $silent = IO::Socket::INET->new(Listen => 8, LocalAddr => '127.0.0.1');    # a KDC that says nothing
my %kerberos = (
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
  kdc = 127.0.0.1:$kdc_port
}
SILENT.TEST = {
  kdc = 127.0.0.1:@{[$silent->sockport]}
}
[domain_realm]
.farm.localhost = $REALM
CONF
    KRB5_KDC_PROFILE => write_file("$folder/kdc.conf", <<"CONF"),
[kdcdefaults]
kdc_listen = 127.0.0.1:$kdc_port
kdc_tcp_listen = 127.0.0.1:$kdc_port
[realms]
$REALM = {
  database_name = $folder/principal
  key_stash_file = $folder/stash
  acl_file = $folder/acl
}
CONF
);

sub tool {
    my (@command) = @_;
    my $run = run(@command, { env => \%kerberos, dir => "$folder" });
    is $run->{status}, 0, "$command[0]" =~ s{.*/}{}r . " $command[1]" or diag "$run->{out}$run->{err}";
    return $run;
}

sub ready {
    my ($port) = @_;
    return wait_for { IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port") } 20;
}

tool('/usr/sbin/kdb5_util', 'create', '-s', '-r', $REALM, '-P', 'master');
my %principals = (
    http     => [qw(HTTP/ts01.farm.localhost HTTP/localhost)],
    alice    => ['alice'],
    operator => ['operator'],
);
for my $keytab (sort keys %principals) {
    for my $principal (@{ $principals{$keytab} }) {
        tool('/usr/sbin/kadmin.local', '-q', $_)
            for "addprinc -randkey $principal", "ktadd -k $folder/$keytab.keytab $principal";
    }
}
tool('/usr/sbin/kadmin.local', '-q', 'addprinc -pw geheim-7 keith');
my $kdc = start('/usr/sbin/krb5kdc', '-n', { env => \%kerberos, timeout => 300, dir => "$folder" });
ok ready($kdc_port), 'the KDC is up' or BAIL_OUT(stop($kdc, 'KILL')->{err});
tool('/usr/bin/kinit', '-k', '-t', "$folder/alice.keytab", '-c', "FILE:$folder/tickets", 'alice');
tool('/usr/bin/kinit', '-k', '-t', "$folder/operator.keytab", '-c', "FILE:$folder/others", 'operator');

my $SHELL = 'B6631D8E-65A0-49F2-9053-A1B156C95777';
my $OWN   = '01AA3E43-9E21-424B-A7FC-BC16AA34F4CE';
my $peer  = Curfew::Wsman->new(farm => <<"FARM", plain => ['behind'], trust_user => 1);
[host ts01]
[session $SHELL]
user = bob
domain = CORP
last-input = -45m
[session $OWN]
user = alice
domain = CURFEW
last-input = -45m
FARM

my ($certificate, $key) = ($peer->{certificate}{good}, $peer->{certificate}{good} =~ s/[.]pem$/.key/r);
my $conf = write_file("$folder/apache.conf", <<"CONF");
ServerRoot $folder
ServerName ts01.farm.localhost
PidFile $folder/apache.pid
Mutex file:$folder
ErrorLog $folder/apache.log
Listen 127.0.0.1:$web_port
Listen 127.0.0.1:$plain_port
LoadModule mpm_event_module $modules/mod_mpm_event.so
LoadModule authn_core_module $modules/mod_authn_core.so
LoadModule authz_core_module $modules/mod_authz_core.so
LoadModule authz_user_module $modules/mod_authz_user.so
LoadModule auth_gssapi_module $modules/mod_auth_gssapi.so
LoadModule headers_module $modules/mod_headers.so
LoadModule proxy_module $modules/mod_proxy.so
LoadModule proxy_http_module $modules/mod_proxy_http.so
LoadModule ssl_module $modules/mod_ssl.so
<VirtualHost 127.0.0.1:$web_port>
  SSLEngine on
  SSLCertificateFile $certificate
  SSLCertificateKeyFile $key
</VirtualHost>
ProxyPreserveHost on
ProxyPass /wsman http://127.0.0.1:@{[$peer->port('behind')]}/wsman
<Location /wsman>
  AuthType GSSAPI
  GssapiCredStore keytab:$folder/http.keytab
  Require valid-user
  RequestHeader unset Authorization
  RequestHeader set X-Remote-User expr=%{REMOTE_USER}
</Location>
CONF
my $apache = start('/usr/sbin/apache2', '-D', 'FOREGROUND', '-f', $conf, { env => \%kerberos, timeout => 300, dir => "$folder" });
ok ready($web_port), 'Apache is up' or BAIL_OUT(stop($apache, 'KILL')->{err} . (-e "$folder/apache.log" ? read_file("$folder/apache.log") : q{}));

my $url    = "winrm://ts01.farm.localhost:$web_port";
for my $file ([ good => 'keith', 'geheim-7', lc $REALM ], [ wrong => 'keith', 'geheim-8', $REALM ], [ nobody => "nobody\@$REALM", 'geheim-9', q{} ],
    [ nowhere => 'keith', 'geheim-7', 'nowhere.invalid' ], [ silent => 'keith', 'geheim-7', 'silent.test' ]) {
    my ($name, $user, $password, $domain) = @{$file};
    chmod 0600, write_file("$folder/$name.auth", "username = $user\npassword = $password\n" . ($domain && "domain = $domain\n"));
}
my $with = join q{}, map { "[credentials $_]\nfile = $folder/$_.auth\n[target pw-$_]\nurl = $url\nca = $peer->{certificates}{ca}\ncredentials = $_\n" }
    qw(good wrong nobody nowhere silent);
my $config = $peer->config(<<"CONF");
$with
[target both]
url = $url
credentials = good
ccache = $folder/tickets
[target ntlm]
url = $url
ca = $peer->{certificates}{ca}
credentials = good
auth = ntlm
[target ts01]
url = $url
ca = $peer->{certificates}{ca}
ccache = $folder/tickets
[target plain]
url = winrm://ts01.farm.localhost:$plain_port
ccache = $folder/tickets
plain-http = yes
[target unasked]
url = winrm://ts01.farm.localhost:$plain_port
ccache = $folder/tickets
[target second]
url = winrm://localhost:$plain_port
ccache = $folder/others
plain-http = yes
[target unticketed]
url = $url
ca = $peer->{certificates}{ca}
ccache = $folder/none
[target basic]
url = $url
ca = $peer->{certificates}{ca}
credentials = alice
auth = basic
[target othername]
url = winrm://127.0.0.1:$web_port
ca = $peer->{certificates}{ca}
ccache = $folder/tickets
CONF

sub check { return run('check_sessions', '--config', $config, @_, { env => \%kerberos }) }

my $run = check('-T', 'ts01', '--output', 'json');
is $run->{status}, 0, 'logged in by a ticket' or diag $run->{out}, -e "$folder/apache.log" ? read_file("$folder/apache.log") : q{};
my %shells = map { $_->{id} => $_ } @{ json($run->{out})->{targets}[0]{snapshot}{sessions} // [] };
is $shells{$SHELL}{user}, 'bob', 'the shells are there';
is $shells{$OWN}{own}, JSON::PP::true(), 'whose tickets they are is the caller';
is $shells{$SHELL}{own}, JSON::PP::false(), 'and nobody else';
is_deeply [ $peer->requests ], [ map {"ts01 $_ alice\@$REALM"} qw(Enumerate Get) ], 'as alice, and once more for the rights';

my $state = tempdir();
$run = run('logoff_sessions', '--config', $config, '-T', 'ts01', '--id', $SHELL, '--execute', '--state-dir', "$state", { env => \%kerberos });
like $run->{out}, qr/log off done/, 'an act goes the same way' or diag "$run->{out}$run->{err}";

$run = check('-T', 'plain', '-v');
like $run->{out}, qr/^SESSIONS OK/, 'plain HTTP is spoken where it is allowed' or diag $run->{out};
like $run->{out}, qr/plain HTTP: whoever is on the way can read and change what is said/, 'with a warning each time';
$peer->requests;
is check('-T', 'unasked')->{status}, 3, 'and nowhere else';
is_deeply [ $peer->requests ], [], 'nothing has arrived';
# One run, two caches.
check('-T', 'ts01', '-T', 'second', '-T', 'plain');
is_deeply [ sort map { s/.* //r } $peer->requests ], [ ("alice\@$REALM") x 4, ("operator\@$REALM") x 2 ], 'each target has its own tickets';
# By a password: what kinit would get, and nothing of it outside the program.
$run = check('-T', 'pw-good', '-T', 'plain', '-T', 'second');
like $run->{out}, qr/^SESSIONS OK/, 'a domain account logs in with its credentials file' or diag $run->{out};
is_deeply [ sort map { s/.* //r } $peer->requests ], [ map { ("$_\@$REALM") x 2 } qw(alice keith operator) ], 'and everybody as himself';
for my $way (
    [ wrong   => qr/login failed: no Kerberos tickets for keith\@$REALM: (?:Password incorrect|Preauthentication failed|Decrypt)/ ],
    [ nobody  => qr/login failed: no Kerberos tickets for nobody\@$REALM: .*not found in Kerberos database/ ],
    [ nowhere => qr/unreachable: no Kerberos tickets for keith\@NOWHERE.INVALID: Cannot (?:find|contact|resolve)/ ],
) {
    my ($name, $text) = @{$way};
    $run = check('-T', "pw-$name", '--diagnose');
    is $run->{status}, 3, "$name: UNKNOWN";
    like $run->{out}, $text, "$name: says so";
    like $run->{out}, qr/the host's own accounts need auth = basic/, "$name: and what else there is";
    unlike "$run->{out}$run->{err}", qr/geheim/, "$name: without the password";
}
$run = check('-T', 'pw-silent', '--target-timeout', '2s', '-t', '10s');
is $run->{status}, 3, 'a KDC that says nothing';
cmp_ok $run->{seconds}, '<', 4, 'holds nothing up for longer than it may';
is_deeply [ $peer->requests ], [], 'nobody was let in';
like check('-T', 'both')->{out}, qr/there is a ccache and a credentials file/, 'two ways at once are none';
like check('-T', 'ntlm', '--diagnose')->{out}, qr/it does not take auth = ntlm; it offers negotiate.*Windows takes NTLM inside Negotiate only/s, 'NTLM where it is not offered';
$run = check('-T', 'unticketed', '--diagnose');
is $run->{status}, 3, 'without tickets nobody is let in';
like $run->{out}, qr/log in FAILED: login failed: there are no Kerberos tickets in FILE:\S+none\n  what to do: get tickets with kinit/, 'and it says so';
$run = check('-T', 'basic', '--diagnose');
like $run->{out}, qr/does not take auth = basic; it offers negotiate/, 'a password is not taken here';
$run = check('-T', 'othername', '--diagnose');
like $run->{out}, qr/login failed: /, 'nor a ticket for a host by its address';
like $run->{out}, qr/CbtHardeningLevel/, 'with what may be the matter';

stop($kdc);
stop($apache);
tool('/usr/bin/kdestroy', '-c', "FILE:$folder/tickets");
done_testing;
