#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# winrm:// with auth = negotiate: a KDC of our own, and Apache's mod_auth_gssapi in front of the WS-Man service, all of
# them on loopback and as an ordinary account.
use strict;
use warnings;

use IO::Socket::INET ();
use Test::More;

use Curfew;
use Curfew::Kdc;
use Curfew::Wsman;
use Daemon qw(free_port);

sub lacking {
    my ($reason) = @_;
    BAIL_OUT($reason) if $ENV{CURFEW_CI};
    plan skip_all => $reason;
    return;
}

my $modules = '/usr/lib/apache2/modules';
lacking('winrm was not built: it needs libcurl, expat and GSS-API') if !program('provider-winrm');
lacking(Curfew::Wsman::missing()) if Curfew::Wsman::missing();
lacking(Curfew::Kdc::missing()) if Curfew::Kdc::missing();
for my $file ('/usr/sbin/apache2', "$modules/mod_auth_gssapi.so") {
    lacking("$file is not there (Debian: apache2 libapache2-mod-auth-gssapi)") if !-e $file;
}

my $folder = tempdir();
my $REALM  = $Curfew::Kdc::REALM;
my ($web_port, $other_port) = (free_port(), free_port());
my $silent = IO::Socket::INET->new(Listen => 8, LocalAddr => '127.0.0.1');    # a KDC that says nothing
my $kdc = Curfew::Kdc->new(realms => { 'SILENT.TEST' => $silent->sockport });
my %kerberos = %{ $kdc->{environment} };
my $keytab   = $kdc->keytab('http', qw(HTTP/ts01.farm.localhost HTTP/localhost));
my ($tickets, $others) = map { $kdc->tickets($_) } qw(alice operator);
$kdc->account('keith', 'geheim-7');

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
Listen 127.0.0.1:$other_port
LoadModule mpm_event_module $modules/mod_mpm_event.so
LoadModule authn_core_module $modules/mod_authn_core.so
LoadModule authz_core_module $modules/mod_authz_core.so
LoadModule authz_user_module $modules/mod_authz_user.so
LoadModule auth_gssapi_module $modules/mod_auth_gssapi.so
LoadModule headers_module $modules/mod_headers.so
LoadModule proxy_module $modules/mod_proxy.so
LoadModule proxy_http_module $modules/mod_proxy_http.so
LoadModule ssl_module $modules/mod_ssl.so
<VirtualHost 127.0.0.1:$web_port 127.0.0.1:$other_port>
  SSLEngine on
  SSLCertificateFile $certificate
  SSLCertificateKeyFile $key
</VirtualHost>
ProxyPreserveHost on
ProxyPass /wsman http://127.0.0.1:@{[$peer->port('behind')]}/wsman
<Location /wsman>
  AuthType GSSAPI
  GssapiCredStore keytab:$keytab
  Require valid-user
  RequestHeader unset Authorization
  RequestHeader set X-Remote-User expr=%{REMOTE_USER}
</Location>
CONF
my $apache = start('/usr/sbin/apache2', '-D', 'FOREGROUND', '-f', $conf, { env => \%kerberos, timeout => 300, dir => "$folder" });
ok Curfew::Kdc::ready($web_port), 'Apache is up' or BAIL_OUT(stop($apache, 'KILL')->{err} . (-e "$folder/apache.log" ? read_file("$folder/apache.log") : q{}));

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
ccache = $tickets
[target ts01]
url = $url
ca = $peer->{certificates}{ca}
ccache = $tickets
[target again]
url = winrm://ts01.farm.localhost:$other_port
ca = $peer->{certificates}{ca}
ccache = $tickets
[target second]
url = winrm://localhost:$other_port
ca = $peer->{certificates}{ca}
ccache = $others
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
ccache = $tickets
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

$peer->requests;
# One run, two caches.
check('-T', 'ts01', '-T', 'second', '-T', 'again');
is_deeply [ sort map { s/.* //r } $peer->requests ], [ ("alice\@$REALM") x 4, ("operator\@$REALM") x 2 ], 'each target has its own tickets';
# By a password: what kinit would get, and nothing of it outside the program.
$run = check('-T', 'pw-good', '-T', 'again', '-T', 'second');
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
    like $run->{out}, qr/the host's own accounts need auth = ntlm or basic/, "$name: and what else there is";
    unlike "$run->{out}$run->{err}", qr/geheim/, "$name: without the password";
}
$run = check('-T', 'pw-silent', '--target-timeout', '2s', '-t', '60s');
is $run->{status}, 3, 'a KDC that says nothing';
cmp_ok $run->{seconds}, '<', 40, 'holds nothing up for longer than it may';
is_deeply [ $peer->requests ], [], 'no login succeeded';
like check('-T', 'both')->{out}, qr/ccache and a credentials file exclude each other/, 'two ways at once are none';
$run = check('-T', 'unticketed', '--diagnose');
is $run->{status}, 3, 'without tickets no login succeeds';
like $run->{out}, qr/log in FAILED: login failed: there are no Kerberos tickets in FILE:\S+none\n  what to do: get tickets with kinit/, 'and it says so';
$run = check('-T', 'basic', '--diagnose');
like $run->{out}, qr/does not take auth = basic; it offers negotiate/, 'a password is not taken here';
$run = check('-T', 'othername', '--diagnose');
like $run->{out}, qr/login failed: /, 'nor a ticket for a host by its address';
like $run->{out}, qr/CbtHardeningLevel/, 'with what may be the matter';

stop($apache);
done_testing;
