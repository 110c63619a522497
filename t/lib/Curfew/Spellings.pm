# SPDX-License-Identifier: GPL-3.0-or-later
# Curfew::Spellings - is a user kept by every spelling of the name?  For the rigs of the providers.
package Curfew::Spellings;

use strict;
use warnings;

use Exporter qw(import);
use Test::More;

our @EXPORT_OK = qw(names_farm kept_by_every_spelling);

# A host with a person whose UPN begins otherwise than the account's name, one whose name has 25 characters, and one
# who is neither.
sub names_farm {
    my ($host, @ids) = @_;
    return <<"FARM";
[host $host]
[session $ids[0]]
user = svc_backup
domain = CORP
upn = john.doe\@corp.example
state = disconnected
disconnect = -5h
[session $ids[1]]
user = PavithraThiruvengadamABCD
domain = CORP
upn = PavithraThiruvengadamABCD\@corp.example
state = disconnected
disconnect = -5h
[session $ids[2]]
user = other
domain = CORP
upn = other\@corp.example
state = disconnected
disconnect = -5h
FARM
}

# PLAN: code that returns what logoff_sessions --all says with further arguments.  UPN: does the system tell one?
sub kept_by_every_spelling {
    my ($plan, $upn) = @_;
    my %spellings = (
        svc_backup => ['svc_backup', 'CORP\\svc_backup', 'corp\\\\SVC_backup', 'svc_backup@corp', 'svc_backup@corp.example', 'john.doe@corp.example', 'corp.example\\svc_backup'],
        PavithraThiruvengadamABCD => ['PavithraThiruvengadamABCD', 'CORP\\PavithraThiruvengadamABCD', 'pavithrathiruvengadamabcd', 'PavithraThiruvengada',
            'CORP\\PavithraThiruvengada', 'PavithraThiruvengadamABCD@corp.example', 'Pavithra*ABCD'],
    );
    $spellings{svc_backup} = [@{ $spellings{svc_backup} }, 'john.doe'] if $upn;
    for my $user (sort keys %spellings) {
        for my $spelling (@{ $spellings{$user} }) {
            my $text = $plan->('--exclude-user', $spelling);
            unlike($text, qr/\b$user, .*: log off/, "$spelling keeps $user") or diag $text;
            like($text, qr/^LOG OFF plan: \d of 3 user sessions/m, '... in a plan') or diag $text;
        }
    }
    my $text = $plan->('--exclude-user', 'CORP\\PavithraThiruvengadaX', '--exclude-user', 'CORP\\svc');
    like($text, qr/\bsvc_backup, .*: log off/, 'names of others keep nobody') or diag $text;
    like($text, qr/\bPavithraThiruvengada(?:mABCD)?, .*: (?:log off|kept, whether)/, '... nor those that begin alike, unless the system cuts') or diag $text;
    like($plan->('--exclude-user', 'CORP\\svc_backup'), qr/\bother, .*: log off/, 'and others are not kept');
    return;
}

1;
