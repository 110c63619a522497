/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/tsts/status.h"

#include <stddef.h>

#include "providers/tsts/samba.h"
#include "providers/tsts/wire.h"

/* The same advice wherever a right is missing, and it is not known which. */
#define HINT_LOCAL                                                                                                     \
	"a local account also needs LocalAccountTokenFilterPolicy = 1 (curfew-tsts(7)); Windows 10/11 need "           \
	"AllowRemoteRPC = 1, and from 24H2 on may refuse anybody"
#define HINT_RIGHT "the account must be an administrator, or have its rights on RDP-Tcp; " HINT_LOCAL
#define HINT_SERVICE                                                                                                   \
	"start the service \"Remote Desktop Services\" (TermService) on the host, or look at curfew-tsts(7)"
#define HINT_CLOCK   "set the clocks of this machine, the host and the domain controller; Kerberos allows 5 minutes"
#define HINT_ACCOUNT "ask who looks after the account"
#define HINT_OLD     "does it speak SMB 2.1 or newer?  SMB 2.1 is the least that is spoken (min-protocol); SMB 1 never is"
#define HINT_FILE    "check username, password and domain in the credentials file"

const struct status_row status_table[] = {
    {0xc000006d, ERROR_AUTH, "the user name or the password is wrong", HINT_FILE},
    {0xc000006a, ERROR_AUTH, "the password is wrong", HINT_FILE},
    {0xc0000064, ERROR_AUTH, "there is no such user", HINT_FILE},
    {0xc0000234, ERROR_AUTH, "the account is locked out", HINT_ACCOUNT},
    {0xc0000072, ERROR_AUTH, "the account is disabled", HINT_ACCOUNT},
    {0xc0000193, ERROR_AUTH, "the account has expired", HINT_ACCOUNT},
    {0xc0000071, ERROR_AUTH, "the password has expired", "set a new password, and write it into the credentials file"},
    {0xc0000224, ERROR_AUTH, "the password must be changed before the account can be used",
     "set a new password, and write it into the credentials file"},
    {0xc000006f, ERROR_AUTH, "the account may not log in at this time of day", HINT_ACCOUNT},
    {0xc0000070, ERROR_AUTH, "the account may not log in from this machine", HINT_ACCOUNT},
    {0xc000006e, ERROR_AUTH, "a restriction of the account does not allow the login",
     "an empty password, logon hours, or membership in Protected Users (which forbids NTLM: set auth = kerberos)"},
    {0xc0000413, ERROR_AUTH, "selective authentication of the trust does not allow the account on this host",
     "give the account \"Allowed to authenticate\" on the host's computer object"},
    {0xc0000418, ERROR_AUTH, "NTLM is switched off there", "set auth = kerberos and give a ticket cache"},
    {0xc0000133, ERROR_AUTH, "the clocks are too far apart for Kerberos", HINT_CLOCK},
    {0xc000005e, ERROR_AUTH, "no domain controller (KDC) could be asked for a ticket",
     "look at /etc/krb5.conf, DNS and the ticket cache (klist)"},
    {0xc000018b, ERROR_AUTH, "the domain does not know this host's account",
     "use the host's full name, as it is in its service principal cifs/NAME"},
    {0xc00002fb, ERROR_AUTH, "no Kerberos ticket for this host could be obtained",
     "use the host's full name; look at the ticket cache (klist) and at setspn -L"},
    {0xc000015b, ERROR_ACCESS, "the account may not log in over the network",
     "give it the right \"Access this computer from the network\" on the host"},
    {0xc0000022, ERROR_ACCESS, "access denied", HINT_RIGHT},
    {0xc00000ca, ERROR_ACCESS, "access denied", HINT_RIGHT},
    {0xc00000cc, ERROR_ACCESS, "the share IPC$ is not there", "start the service \"Server\" on the host"},
    {0xc0000034, ERROR_REFUSED, "no such pipe: the session service does not run there", HINT_SERVICE},
    {0xc0000236, ERROR_REFUSED, "no service has the pipe open", HINT_SERVICE},
    {0xc00000ac, ERROR_REFUSED, "all instances of the pipe are busy", HINT_SERVICE},
    {0xc00000ab, ERROR_REFUSED, "all instances of the pipe are busy", HINT_SERVICE},
    {0xc0020012, ERROR_UNSUPPORTED, "this host does not have the interface", HINT_SERVICE},
    {0xc002003c, ERROR_UNSUPPORTED, "this host does not have the interface", HINT_SERVICE},
    {0xc002002e, ERROR_UNSUPPORTED, "this host does not have the call", "Windows before Vista is not supported"},
    {0xc0000059, ERROR_UNSUPPORTED, "no version of SMB in common", HINT_OLD},
    {0xc00000bb, ERROR_UNSUPPORTED, "the host cannot do what is demanded (SMB version, signing, encryption)", HINT_OLD},
    {0xc000000d, ERROR_UNSUPPORTED, "Kerberos needs the host's real name",
     "write tsts://NAME.DOMAIN instead of an address, or set auth = ntlm"},
    {0xc000020c, ERROR_PROTOCOL, "the connection was cut", NULL},
    {0xc000020d, ERROR_PROTOCOL, "the connection was cut", NULL},
    {0xc000013b, ERROR_PROTOCOL, "the connection was cut", NULL},
    {0xc000013c, ERROR_PROTOCOL, "the connection was cut", NULL},
    {0xc000014b, ERROR_PROTOCOL, "the pipe was closed", NULL},
    {0xc00000b0, ERROR_PROTOCOL, "the pipe was closed", NULL},
    {0xc0000011, ERROR_PROTOCOL, "the connection was cut", NULL},
    {0xc00000c3, ERROR_PROTOCOL, "the answer is not SMB", "is it a Windows host (or Samba) that listens there?"},
    {0xc00000b5, ERROR_TIMEOUT, "no answer", NULL},
    {0xc0000203, ERROR_AUTH, "the login was ended by the host", NULL},
    {0, ERROR_NONE, NULL, NULL},
};

int status_error(struct error *error, uint32_t status, enum step step, const char *host)
{
	for (const struct status_row *row = status_table; row->status != 0; row++) {
		if (row->status != status)
			continue;
		/* The login had succeeded: opening the pipe failed. */
		if (row->code == ERROR_REFUSED)
			step = STEP_OPEN;
		error_set(error, row->code, step, "%.100s: %s", host, row->text);
		error->native = (int64_t)status;
		if (row->hint != NULL)
			return error_hint(error, "%s", row->hint);
		/* A host that accepts none of the offered versions does the same. */
		return step == STEP_LOGIN && row->code == ERROR_PROTOCOL ? error_hint(error, "%s", HINT_OLD) : -1;
	}
	error_set(error, ERROR_PROTOCOL, step, "%.100s: %.80s", host, nt_errstr(NT_STATUS(status)));
	error->native = (int64_t)status;
	return -1;
}

static int missing_hint(struct error *error, enum right right)
{
	static const char *const names[] = {
	    [RIGHT_QUERY] = "Query Information",
	    [RIGHT_DISCONNECT] = "Disconnect",
	    [RIGHT_LOGOFF] = "Logoff",
	    [RIGHT_MESSAGE] = "Message",
	};

	return error_hint(error,
	                  "the account needs the right \"%s\" on RDP-Tcp, or to be an administrator; " HINT_LOCAL,
	                  names[right]);
}

int hresult_error(struct error *error, uint32_t hresult, enum step step, const char *host, const char *what,
                  enum right right)
{
	switch (hresult) {
	case HRESULT_NOT_FOUND:
		error_set(error, ERROR_GONE, step, "%.100s: %.80s: there is no such session", host, what);
		break;
	case HRESULT_ACCESS_DENIED:
		error_set(error, ERROR_ACCESS, step, "%.100s: %.80s: access denied", host, what);
		missing_hint(error, right);
		break;
	default:
		error_set(error, ERROR_PROTOCOL, step, "%.100s: %.80s: Windows refused with 0x%08x", host, what,
		          hresult);
	}
	error->native = (int64_t)hresult;
	return -1;
}

int rights_error(struct error *error, const char *host)
{
	error_set(error, ERROR_ACCESS, STEP_LIST,
	          "%.100s: rights are missing: the list of sessions is without session 0, which every host has", host);
	return missing_hint(error, RIGHT_QUERY);
}
