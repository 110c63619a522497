#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Real logins, read and ended by provider-logind: login(1) through PAM into
# elogind (systemd's logind without systemd) and into utmp, in a root of their
# own (t/isolate) with a system bus of their own.
use strict;
use warnings;

use Cwd qw(abs_path);
use Fcntl qw(:mode);
use File::Basename qw(dirname);
use IO::Handle ();
use JSON::PP ();
use POSIX qw(WNOHANG);
use Test::More;
use Time::HiRes qw(time);
use Time::Local qw(timegm);

use lib dirname(abs_path(__FILE__)) . '/lib';
use Curfew qw(wait_for read_file run build_dir source_dir);
use Elogind;

our $worker_program = build_dir() . '/providers/logind/provider-logind';
our $target         = 'logind:';
my $dir            = '/tmp/e2e-logind';                                   # in the isolated root

# --- outside: what is needed, then once more inside ------------------------

sub give_up {
    my ($reason) = @_;
    if ($ENV{CURFEW_CI}) {
        fail("this must run in CI: $reason");
        done_testing();
        exit 1;
    }
    plan(skip_all => $reason);
    return;
}

sub outside {
    give_up('provider-logind was not built') if !-x $worker_program;
    give_up('needs root and CAP_SYS_ADMIN')  if $> != 0;
    my @missing = Elogind::missing();
    give_up("needs the programs @missing") if @missing;
    give_up("elogind's packages cannot be fetched, see $Elogind::packages/log") if !Elogind::fetch();
    my $status = Elogind::isolate($^X, '-w', abs_path(__FILE__), '--inside');
    give_up('no isolated root here (it says why)') if $status >> 8 == 77;
    exit($status >> 8 || ($status ? 1 : 0));
}

# --- a worker, spoken to line by line ---------------------------------------

my $request_id = 0;

# start_worker([PROGRAM…], ENVIRONMENT…): provider-logind, perhaps run by another program
sub start_worker {
    my ($wrapper, %environment) = @_;
    pipe my $requests,      my $to_worker or die "pipe: $!";
    pipe my $from_worker,   my $replies   or die "pipe: $!";
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        close $to_worker;
        close $from_worker;
        POSIX::dup2(fileno $requests, 0);
        POSIX::dup2(fileno $replies,  1);
        local @ENV{ keys %environment } = values %environment;
        exec(@{ $wrapper // [] }, $worker_program) or POSIX::_exit(127);
    }
    close $requests;
    close $replies;
    $to_worker->autoflush(1);
    my $greeting = readline $from_worker;
    die "no greeting of the worker's\n" if ($greeting // q{}) !~ /"protocol":2\b/;
    return { pid => $pid, to => $to_worker, from => $from_worker };
}

sub ask {
    my ($worker, $op, %more) = @_;
    my $id = ++$request_id;
    my $reply;
    local $SIG{ALRM} = sub { die "no reply to $op\n" };
    alarm 20;
    print { $worker->{to} } JSON::PP::encode_json({ id => $id, op => $op, deadline => 5000, %more }), "\n";
    $reply = readline $worker->{from};
    alarm 0;
    die "the worker ended at $op\n" if !defined $reply;
    $reply = JSON::PP::decode_json($reply);
    die "reply $reply->{id} to request $id\n" if $reply->{id} != $id;
    return $reply;
}

my $ended_badly = 0;

sub stop_worker {
    my ($worker) = @_;
    close $worker->{to};
    waitpid $worker->{pid}, 0;
    $ended_badly++ if $? != 0;
    close $worker->{from};
    return;
}

sub snapshot {
    my ($wrapper, %environment) = @_;
    my $worker = start_worker($wrapper, %environment);
    my $reply  = ask($worker, 'list', targets => [{ url => $target }]);
    stop_worker($worker);
    return $reply->{snapshot} // $reply;
}

sub snapshot_of {
    my ($provider) = @_;
    local $worker_program = build_dir() . "/providers/$provider/provider-$provider";
    local $target         = "$provider:";
    return snapshot();
}

sub session_of {
    my ($user, @how) = @_;
    my ($session) = grep { $_->{user} eq $user } @{ snapshot(@how)->{sessions} // [] };
    return $session;
}

# open, pin, act: the worker's last reply, the session as pinned, and the worker (ended unless kept).
sub act_on {
    my ($session, $action, $wrapper) = @_;
    my $worker = start_worker($wrapper);
    my $reply  = ask($worker, 'open', target => { url => $target });
    $reply = ask($worker, 'pin', session => $session) if !$reply->{error};
    my $pinned = $reply->{session};
    $reply = ask($worker, 'act', action => $action) if !$reply->{error};
    stop_worker($worker);
    return ($reply, $pinned);
}

# --- logins --------------------------------------------------------------------

sub log_in {
    my ($user, $host, $name) = @_;
    my $login = Elogind::log_in($dir, $user, $host, $name);
    ok($login, "$user gets a prompt");
    return $login;
}

sub type_keys {
    my ($login, $keys) = @_;
    print { $login->{keyboard} } $keys;
    return;
}

sub has_ended {
    my ($login) = @_;
    return 1 if $login->{ended};
    return $login->{ended} = waitpid($login->{pid}, WNOHANG) == $login->{pid};
}

sub end_login {
    my ($login) = @_;
    type_keys($login, "exit\n");
    wait_for { has_ended($login) } or diag("a login does not end\n" . read_file($login->{screen}));
    close $login->{keyboard};
    return;
}

sub epoch {
    my ($text) = @_;
    return if !defined $text || $text !~ /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)([.]\d+)Z$/;
    return timegm($6, $5, $4, $3, $2 - 1, $1) + "0$7";
}

sub error_is {
    my ($reply, $code, $text, $what) = @_;
    is($reply->{error}{code}, $code, $what) or diag(JSON::PP::encode_json($reply));
    like("$reply->{error}{text} $reply->{error}{hint}", $text, "$what: says so");
    return;
}

my %LOG_OFF          = (act => 'log off');
my %MESSAGE          = (act => 'message', title => "Idle\e]0;x\a", text => "please save, 100%n | \e[2J\nGr\x{fc}\x{df}e");
my $UTMP_SIZE        = 384;    # utmp(5) on x86-64
my $EXPECTED_MESSAGE = "please save, 100%n | \\x1b[2J";

sub message_arrived {
    my ($login, $what) = @_;
    ok(wait_for { read_file($login->{screen}) =~ /\Q$EXPECTED_MESSAGE\E/ }, $what)
      or diag(read_file($login->{screen}));
    my ($shown) = read_file($login->{screen}) =~ /([*]{3} Message.*)/s;
    $shown //= q{};
    like($shown, qr/^[*]{3} Message from \S+: Idle\\x1b\]0;x\\x07 [*]{3}\r+\n/, "$what: its title");
    like($shown, qr/Gr\xc3\xbc\xc3\x9fe\r+\n/,                                   "$what: in UTF-8");
    unlike((split /Gr/, $shown)[0], qr/\e/,                                      "$what: no control sequence");
    return;
}

# --- inside: what is not there -----------------------------------------------------

my $SESMAN = '/usr/sbin/xrdp-sesman';

# In the throw-away root, where no xrdp runs yet: is one installed?
sub xrdp_installed {
    my ($installed) = @_;
    if (!$installed) {
        rename $SESMAN, "$SESMAN.away" or die "$SESMAN: $!\n" if -e $SESMAN;
        return;
    }
    return if -e $SESMAN || rename "$SESMAN.away", $SESMAN;
    Elogind::write_text($SESMAN, "#!/bin/false\n");
    chmod 0755, $SESMAN;
    return;
}

sub check_is {
    my ($url, $status, $text, $what) = @_;
    my $check = run('check_sessions', '-T', $url, '-v', '-c', 'total=:0');
    is($check->{status}, $status, "$what: status") or diag("$check->{out}$check->{err}");
    like($check->{out}, $text, "$what: says so");
    return;
}

# A machine that nobody can tell anything about is not one that nobody uses.
sub test_nothing_answers {
    xrdp_installed(0);
    check_is('logind:', 3, qr/nothing writes to it/, 'logind: with an empty utmp');
    check_is('xrdp:', 3, qr/xrdp is not installed here/, 'xrdp: where there is none');
    check_is('local:', 3, qr/local did not answer.*xrdp is not installed here.*nothing writes to it/s, 'local: with neither');
    xrdp_installed(1);
    check_is('local:', 3, qr/xrdp-sesman does not run here.*nothing writes to it/s, 'local: with an xrdp that is dead');
    return;
}

# Somebody wants this xrdp, for it is installed: local: does not keep quiet about it.
sub test_xrdp_dead {
    xrdp_installed(1);
    check_is('local:', 3, qr/xrdp-sesman does not run here.*systemctl start xrdp-sesman/s, 'local: logins, and a dead xrdp');
    xrdp_installed(0);
    check_is('local:', 0, qr/SESSIONS OK: 0 sessions/, 'local: logins, and no xrdp');
    return;
}

# --- inside: utmp ----------------------------------------------------------------

# What init writes at the start.
sub boot_record {
    return pack "s x2 l a32 a4 a32 a256 x52", 2, 0, q{~}, q{~~}, 'reboot', 'kernel';
}


sub test_utmp {
    unlink '/run/utmp';
    error_is(snapshot(), 'not supported', qr/neither logind .* nor a utmp/, 'no logind and no utmp');

    Elogind::write_text('/run/utmp', q{});
    error_is(snapshot(), 'not supported', qr/has no record/, 'a utmp that nobody writes to');
    test_nothing_answers();

    # As where a writer that hangs has locked it: glibc ends the list then, after ten seconds.
    unlink '/run/utmp';
    mkdir '/run/utmp' or die "mkdir: $!";
    error_is(snapshot(), 'system', qr/cannot be read to its end/, 'a utmp that cannot be read');
    rmdir '/run/utmp' or die "rmdir: $!";

    Elogind::write_text('/run/utmp', boot_record());
    test_xrdp_dead();
    my $empty = snapshot();
    is_deeply($empty->{sessions}, [], 'utmp without a login');
    like("@{$empty->{notices}}", qr/utmp/, 'a notice says that it is utmp');

    Elogind::pam('session required pam_permit.so');
    my $alice   = log_in('alice', '192.0.2.7');
    my $tty     = Elogind::in_utmp('alice', '192.0.2.7');
    my $session = session_of('alice');
    is($session->{id},             $tty,        'utmp: its id is its line');
    is($session->{station},        $tty,        'utmp: terminal');
    is($session->{class},          'user',      'utmp: class');
    is($session->{state},          'active',    'utmp: state');
    is($session->{kind},           'shell',     'utmp: kind');
    is($session->{client_address}, '192.0.2.7', 'utmp: client');
    ok(!$session->{own}, 'utmp: not ours');
    cmp_ok(abs(epoch($session->{logon_time}) - time), '<', 30, 'utmp: logon time');
    is_deeply({ %{ session_of('alice') }, last_input => 0 }, { %{$session}, last_input => 0 }, 'utmp: the same in a second list');
    ok(session_of('alice', ['setpriv', '--reuid=alice', '--clear-groups'])->{own}, 'utmp: her own for her');

    my $record = read_file('/run/utmp');
    ($record) = grep { /alice/ } unpack "(a$UTMP_SIZE)*", $record;
    (my $other_line = $record) =~ s{pts/\d+\0\0}{pts/99\0}
      or die "no line in the record\n";
    (my $other_user = $record) =~ s{alice}{bob\0\0};
    substr $other_user, 8, 32, pack 'a32', 'console';
    open my $utmp, '>>:raw', '/run/utmp' or die "utmp: $!";
    print {$utmp} $other_line, $other_user;
    close $utmp or die "utmp: $!";
    my $stale = snapshot();
    is(scalar @{ $stale->{sessions} }, 1, 'utmp: records of lines where nobody is are passed over');
    like("@{$stale->{notices}}", qr/2 stale/, 'utmp: a notice counts them');

    my ($reply) = act_on($session, { act => 'disconnect' });
    error_is($reply, 'not supported', qr/log .* off/i, 'utmp: disconnect');
    ($reply) = act_on($session, \%MESSAGE);
    is($reply->{error}, undef, 'utmp: message');
    message_arrived($alice, 'utmp: the message');
    ($reply) = act_on({ %{$session}, id => 'pts/99' }, \%LOG_OFF);
    is($reply->{error}{code}, 'gone', 'utmp: an id that is not there');
    ($reply) = act_on($session, \%LOG_OFF, ['setpriv', '--reuid=65534', '--clear-groups']);
    is($reply->{error}{code}, 'access denied', 'utmp: log off as nobody');
    ok(session_of('alice'), 'utmp: she is there still');
    ($reply, my $pinned) = act_on($session, \%LOG_OFF);
    is($pinned->{birth}, $session->{birth}, 'utmp: pinned with the same birth');
    is($reply->{error}, undef, 'utmp: log off');
    ok(wait_for { has_ended($alice) }, 'utmp: her shell and login(1) have ended');
    ok(!session_of('alice'), 'utmp: and she is in no list');
    return $session;
}

# --- inside: logind ------------------------------------------------------------------

sub session_call {
    my ($id, $method, $value) = @_;
    my $path = '/org/freedesktop/login1/session/' . $id;
    Elogind::tool("$Elogind::root/usr/bin/busctl", 'call', 'org.freedesktop.login1', $path, 'org.freedesktop.login1.Session', $method, 'b', $value);
    return;
}

my ($bus_pid, $elogind_pid);

sub start_logind {
    $bus_pid = Elogind::start_bus($dir);
    like("@{snapshot()->{notices}}", qr/utmp/, 'a bus without logind: utmp');
    $elogind_pid = Elogind::start($dir);
    return;
}

sub test_fields {
    my ($session) = @_;
    my %says = map { /^(\w+)=(.*)$/ ? ($1 => $2) : () } split /\n/, Elogind::loginctl('show-session', $session->{id});
    is($says{Name}, 'alice', 'loginctl shows her session under the same id');
    is($session->{$_->[0]}, $says{ $_->[1] }, "logind: $_->[0] is $_->[1]")
      for ['user', 'Name'], ['station', 'TTY'], ['client_address', 'RemoteHost'], ['state', 'State'], ['class', 'Class'];
    is($says{Class}, 'user', 'logind: its class is user');
    is($session->{kind}, 'shell', 'logind: kind');
    ok(!$session->{own}, 'logind: not ours');
    ok(!defined $session->{locked}, 'logind: nobody knows whether a shell is locked');
    my ($timestamp) = Elogind::tool("$Elogind::root/usr/bin/busctl", 'get-property', 'org.freedesktop.login1',
        "/org/freedesktop/login1/session/$session->{id}", 'org.freedesktop.login1.Session', 'Timestamp') =~ /(\d+)/;
    my ($boot) = read_file('/proc/sys/kernel/random/boot_id') =~ /(\S+)/;
    is($session->{birth}, "logind:$boot:$timestamp", 'logind: birth is this boot and the time in microseconds');
    cmp_ok(abs(epoch($session->{logon_time}) - $timestamp / 1e6), '<', 0.002, 'logind: logon time');
    my @moving = (last_input => 0, cpu_time_ms => 0, facts => 0);
    is_deeply({ %{ session_of('alice') }, @moving }, { %{$session}, @moving }, 'logind: the same in a second list');
    like($session->{cpu_time_ms}, qr/^\d+$/, 'logind: what her programs used of the CPU');
    cmp_ok($session->{facts}{memory}, '>', 100_000, 'logind: what they have in memory');
    return;
}

# The kernel sets a terminal's access time in steps of eight seconds; we set it to what we like.
sub test_idle {
    my ($login, $session) = @_;
    my $tty   = "/dev/$session->{station}";
    my $logon = epoch($session->{logon_time});
    my $past  = int($logon) - 3600;

    utime $past, $past, $tty or die "$tty: $!";
    is(epoch(session_of('alice')->{last_input}), $logon, 'idle: logging in counts as input');
    ok(wait_for {
            type_keys($login, "\n");
            epoch(session_of('alice')->{last_input}) > $logon;
        }, 'idle: input is seen') or diag(epoch(session_of('alice')->{last_input}) . " $logon");
    my $atime = (stat $tty)[8];
    is(epoch(session_of('alice')->{last_input}), $atime > $logon ? $atime : $logon, 'idle: it is when the terminal was read');

    type_keys($login, "script -qfc 'echo inner is \$(tty); cat' $dir/inner.screen\n");
    my $inner = wait_for { -e "$dir/inner.screen" && read_file("$dir/inner.screen") =~ m{inner is (/dev/pts/\d+)} ? $1 : undef };
    ok($inner, 'idle: a second terminal in the same session') or return;
    utime $past, $past, $tty;
    utime $logon + 100, $past, $inner or die "$inner: $!";
    cmp_ok(abs(epoch(session_of('alice')->{last_input}) - int($logon + 100)), '<', 1.5, 'idle: input to that one counts');
    type_keys($login, "\cD");
    return;
}

sub test_kinds {
    Elogind::pam('session required pam_env.so envfile=/etc/e2e-environment', "$Elogind::session type=x11");
    Elogind::write_text('/etc/e2e-environment', "XDG_SESSION_DESKTOP=KDE\n");
    my $bob     = log_in('bob', 'ws7.example.org');
    my $session = session_of('bob');
    is($session->{kind},        'desktop',         'x11: kind');
    is($session->{class},       'user',            'x11: class');
    is($session->{client_name}, 'ws7.example.org', 'x11: a host name is no address');
    is($session->{last_input},  undef,             'x11: idle is not known while the desktop says nothing');
    session_call($session->{id}, 'SetIdleHint', 'true');
    my $since = epoch(wait_for { session_of('bob')->{last_input} });
    cmp_ok(abs($since - time), '<', 60, 'x11: idle since the desktop says so');
    is(epoch(session_of('bob')->{last_input}), $since, 'x11: and it stays so');
    session_call($session->{id}, 'SetIdleHint', 'false');
    cmp_ok(epoch(session_of('bob')->{last_input}), '>', $since, 'x11: in use again');
    session_call($session->{id}, 'SetLockedHint', 'true');
    ok(session_of('bob')->{locked}, 'x11: locked');
    end_login($bob);
    ok(wait_for { Elogind::look_again(); !session_of('bob') }, 'x11: it has ended');

    Elogind::pam("$Elogind::session class=greeter");
    my $greeter = log_in('bob', '192.0.2.8', 'greeter');
    my $shown   = session_of('bob');
    is($shown->{class},      'services', 'a greeter is no user');
    is($shown->{last_input}, undef,      'and its idle time means nothing');
    end_login($greeter);
    return;
}

sub test_own {
    my ($session) = @_;
    my @as_alice = ('setpriv', '--reuid=alice', '--clear-groups');
    ok(session_of('alice', \@as_alice)->{own}, 'own: her own for her');
    ok(session_of('alice', undef, SUDO_UID => (getpwnam 'alice')[2])->{own}, 'own: and for root whom she asked by sudo');
    ok(!session_of('alice', undef, SUDO_UID => (getpwnam 'bob')[2])->{own}, 'own: not if it was bob');

    # Only the chain of ancestors can tell that root's login is ours when it was bob who asked.
    my %for_bob = (SUDO_UID => (getpwnam 'bob')[2]);
    my $root    = log_in('root', '192.0.2.9');
    my $answer  = "$dir/inside.json";
    ok(!session_of('root', undef, %for_bob)->{own}, "own: root's login is not bob's");
    Elogind::write_text("$dir/ask", qq({"id":1,"op":"list","targets":[{"url":"logind:"}],"deadline":5000}\n));
    type_keys($root, "SUDO_UID=$for_bob{SUDO_UID} $worker_program <$dir/ask >$answer.new; mv $answer.new $answer\n");
    ok(wait_for { -e $answer }, 'own: asked from within it') or diag(read_file($root->{screen}));
    my %own = map { $_->{user} => $_->{own} } @{ JSON::PP::decode_json((split /\n/, read_file($answer))[1])->{snapshot}{sessions} };
    ok($own{root},   'own: the login that we were started from');
    ok(!$own{alice}, 'own: not the others');
    end_login($root);
    ok(wait_for { Elogind::look_again(); !session_of('root') }, 'own: it has ended');
    return;
}

sub test_acts {
    my ($login, $session) = @_;
    my @as_nobody = ('setpriv', '--reuid=65534', '--regid=65534', '--clear-groups');

    is(session_of('alice', \@as_nobody)->{birth}, $session->{birth}, 'nobody sees the same session');
    my ($reply) = act_on($session, { act => 'disconnect' });
    error_is($reply, 'not supported', qr/log .* off/i, 'disconnect');
    ($reply) = act_on($session, \%MESSAGE, \@as_nobody);
    error_is($reply, 'access denied', qr/root/, 'message as nobody');
    ($reply) = act_on($session, \%LOG_OFF, \@as_nobody);
    error_is($reply, 'access denied', qr/polkit/, 'log off as nobody');
    for my $id ('c99', q{}, 'self', 'auto') {
        ($reply) = act_on({ %{$session}, id => $id }, \%LOG_OFF);
        ok($reply->{error}, "no session of the id \"$id\"");
    }
    ($reply) = act_on($session, \%MESSAGE);
    is($reply->{error}, undef, 'message');
    message_arrived($login, 'the message');
    ok(session_of('alice'), 'she is there still');
    return;
}

# Does this logind end the processes of a login when it is told to?  Asked by loginctl, without Curfew: elogind 255.17
# (Debian 13) sends its signal to a cgroup that is not the session's, so that nobody gets it.
sub logind_ends_logins {
    my $bob     = log_in('bob', '192.0.2.10', 'asked');
    my $session = session_of('bob');
    Elogind::loginctl('terminate-session', $session->{id});
    my $ends = wait_for { has_ended($bob) };
    end_login($bob) if !$ends;
    ok(wait_for { Elogind::look_again(); !session_of('bob') }, 'loginctl terminate-session, or exit: bob is in no list');
    return $ends;
}

# An order that logind takes and does not carry out is never called done.
sub test_log_off_not_done {
    my ($login) = @_;
    diag('this logind takes an order to end a session and ends nobody');
    # By root, who believes installed programs alone.
    my $script = source_dir() . '/t/isolate/tap.sh';
    my $said   = qx{bash -c '. $script; install_curfew; logoff_sessions -T logind: --user alice --execute -t 3s' 2>&1};
    like($said, qr/^LOG OFF OK: 0 of 1 done, 1 ordered and not yet seen to end/m, 'a program calls it ordered, not done') or diag($said);
    ok(!has_ended($login), 'she is there still');
    is(session_of('alice')->{user}, 'alice', 'and in the list');
    return;
}

sub test_log_off {
    my ($login, $session) = @_;
    my $ends   = logind_ends_logins();
    my $worker = start_worker();
    ask($worker, 'open', target => { url => $target });
    # As late as can be: a pin is good for seconds.
    my $pin = sub { is(ask($worker, 'pin', session => $session)->{session}{birth}, $session->{birth}, 'pinned with the same birth') };
    $pin->() if $ends;
    my ($other) = act_on($session, \%LOG_OFF);
    is($other->{error}, undef, 'log off');
    if (!$ends) {
        test_log_off_not_done($login);
        $pin->();
        end_login($login);
    }
    ok(wait_for { has_ended($login) }, 'her shell has ended');
    ok(wait_for { Elogind::look_again(); !session_of('alice') }, 'and she is in no list');
    my $late = ask($worker, 'act', action => \%LOG_OFF);
    is($late->{outcome}{code}, 'already gone', 'who comes late is told so') or diag(JSON::PP::encode_json($late));
    stop_worker($worker);
    return;
}

# The same through local:, and all the way from the programs that people run.
sub test_local {
    my ($session) = @_;
    local $worker_program = build_dir() . '/providers/local/provider-local';
    local $target         = 'local:';
  SKIP: {
        skip 'provider-local was not built', 4 if !-x $worker_program;
        my $same = session_of('alice');
        my @moving = (last_input => 0, cpu_time_ms => 0, facts => 0);
        is_deeply({ %{$same}, @moving }, { %{$session}, @moving }, 'local: the same session');
        my ($reply) = act_on($same, { act => 'disconnect' });
        is($reply->{error}{code}, 'not supported', 'local: the provider that owns it answers');
        ($reply) = act_on({ %{$same}, id => 'c99' }, \%LOG_OFF);
        is($reply->{error}{code}, 'gone', 'local: an id that is not there');
        ($reply) = act_on({ %{$same}, provider => 'sim' }, \%LOG_OFF);
        is($reply->{error}{code}, 'not supported', 'local: a session that is not its own');
    }
    return;
}

sub test_programs {
    for my $url ('logind:', 'local:') {
        my $check = run('check_sessions', '-T', $url, '-c', 'total=0');
        like($check->{out}, qr/^SESSIONS CRITICAL: .*\b1 session\b.*[|] total=1;/, "check_sessions -T $url") or diag($check->{err});
    }
    my $plan = run('logoff_sessions', '-T', 'logind:', '--user', 'alice');
    is($plan->{status}, 0, 'logoff_sessions: a dry run') or diag("$plan->{out}$plan->{err}");
    like($plan->{out}, qr/alice/, 'logoff_sessions: names her');
    ok(session_of('alice'), 'logoff_sessions: and leaves her alone');
    return;
}

# A real desktop of xrdp's, which is a login of logind's as well.
sub test_desktop {
    my $script = source_dir() . '/t/isolate/xrdp.sh';
    local $worker_program = build_dir() . '/providers/local/provider-local';
  SKIP: {
        skip 'xrdp is not part of this', 9 if !-e $script || !-x build_dir() . '/providers/xrdp/curfew-xidle';
        xrdp_installed(1) if -e "$SESMAN.away";
        my $missing = `bash -c '. $script; xrdp_missing' 2>/dev/null`;
        skip "not installed: $missing", 9 if $missing =~ /\S/ && !$ENV{CURFEW_CI};
        Elogind::pam_for_xrdp();
        system('bash', '-c', ". $script; start_xrdp && add_user carol && login carol >$dir/xrdp.log 2>&1") == 0
          or diag(read_file("$dir/xrdp.log"));
        my ($login) = grep { $_->{user} eq 'carol' } @{ snapshot_of('logind')->{sessions} };
        is($login->{class}, 'user',    'xrdp: logind knows the desktop, too');
        is($login->{kind},  'desktop', 'xrdp: as a desktop');
        my $local = snapshot_of('local');
        my @carol = grep { $_->{user} eq 'carol' } @{ $local->{sessions} };
        is(scalar @carol,        1,      'xrdp: local: has it once');
        is($carol[0]{provider},  'xrdp', "xrdp: as xrdp's");
        ok($local->{complete}, 'xrdp: the list is complete') or diag("@{$local->{notices}}");
        like("@{$local->{notices}}", qr/1 login.* shown/, 'xrdp: a notice tells');
        is(scalar(grep { $_->{user} eq 'alice' } @{ $local->{sessions} }), 1, 'xrdp: the shell is there still');
        local $target = 'local:';
        my ($reply) = act_on($carol[0], \%LOG_OFF);
        is($reply->{error}, undef, 'xrdp: log off through local:') or diag(JSON::PP::encode_json($reply));
        ok(wait_for { Elogind::look_again(); !grep { $_->{user} eq 'carol' } @{ snapshot_of('local')->{sessions} } },
            'xrdp: and it is gone from both');
    }
    return;
}

# What every provider is asked, asked about real logins.
sub test_conformance {
    my $long  = 'pavithrathiruvengadamabcd';
    my $login = log_in($long, '192.0.2.25');
    is(session_of($long)->{user}, $long, 'a name of 25 characters is whole');
    for my $url ('logind:', 'local:') {
      SKIP: {
            skip 't/unit/conformance was not built', 2 if !-x build_dir() . '/t/unit/conformance';
            my $run = run('t/unit/conformance', $url, { timeout => 60 });
            is($run->{status}, 0, "conformance of $url") or diag("$run->{out}$run->{err}");
            my @asked = $run->{out} =~ /^ok /mg;
            cmp_ok(scalar @asked, '>', 20, "conformance of $url: something was asked");
        }
    }
    end_login($login);
    ok(wait_for { Elogind::look_again(); !session_of($long) }, 'and it has ended');
    return;
}

sub test_silence {
    my ($utmp_session, $session) = @_;
    kill 'STOP', $elogind_pid;
    my $worker = start_worker();
    my $begun  = time;
    my $reply  = ask($worker, 'list', targets => [{ url => $target }], deadline => 700);
    is($reply->{error}{code}, 'timeout', 'a logind that hangs: timeout');
    cmp_ok(time - $begun, '<', 20, 'by the deadline');
    kill 'CONT', $elogind_pid;
    stop_worker($worker);

    kill 'STOP', $bus_pid;
    $worker = start_worker();
    $begun  = time;
    $reply  = ask($worker, 'list', targets => [{ url => $target }], deadline => 700);
    is($reply->{error}{code}, 'timeout', 'a bus that hangs: timeout');
    cmp_ok(time - $begun, '<', 20, 'by the deadline');
    kill 'CONT', $bus_pid;
    stop_worker($worker);

    ($reply) = act_on($utmp_session, \%LOG_OFF);
    is($reply->{error}{code}, 'changed', "utmp's session is not looked for in logind");
    kill 'KILL', $elogind_pid;
    waitpid $elogind_pid, 0;
    ok(wait_for { "@{snapshot()->{notices} // []}" =~ /utmp/ }, 'logind has ended: utmp');
    ($reply) = act_on($session, \%LOG_OFF);
    is($reply->{error}{code}, 'changed', "and logind's session is not gone because utmp lacks it");
    return;
}

sub inside {
    mkdir $dir;
    chmod 0777, $dir;
    local $ENV{PATH} = '/usr/sbin:/usr/bin:/sbin:/bin';
    for my $user (qw(alice bob pavithrathiruvengadamabcd)) {
        system('useradd', '-m', '-s', '/bin/sh', $user) == 0 or die "useradd $user\n";
    }
    my $utmp_session = test_utmp();
    start_logind();
    is_deeply(snapshot()->{sessions}, [], 'logind without a login');
    is_deeply(snapshot()->{notices},  [], 'and nothing to notice');
    check_is('local:', 0, qr/SESSIONS OK: 0 sessions/, 'local: logind, and no xrdp');
    test_xrdp_dead();
    Elogind::pam($Elogind::session);
    my $alice   = log_in('alice', '192.0.2.7', 'alice2');
    my $session = session_of('alice') or die "no session in logind\n" . read_file("$dir/elogind.log");
    test_fields($session);
    test_own($session);
    test_acts($alice, $session);
    test_idle($alice, $session);
    test_local($session);
    test_programs();
    test_conformance();
    test_desktop();
    test_log_off($alice, $session);
    test_kinds();
    test_silence($utmp_session, $session);
    is($ended_badly, 0, 'every worker ended well');
    done_testing();
    return;
}

if (@ARGV && $ARGV[0] eq '--inside') {
    inside();
} else {
    outside();
}
