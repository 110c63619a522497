/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What may stay in a recording: words of the protocols, and the fields that identify nobody. */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "lib/base/text.h"
#include "lib/tape/redact.h"

/* Words of addresses and codes, and values of states. */
static const char *const words[] = {
    /* addresses of WS-Management */
    "addressing", "anonymous", "cim-schema", "cimv2", "cmd", "common", "config", "Delete", "DeleteResponse",
    "Disconnect", "DisconnectResponse", "Enumerate", "EnumerateResponse", "enumeration", "envelope", "fault", "Get",
    "GetResponse", "http", "https", "identity", "instance", "interop", "microsoft", "Microsoft", "MSFT_WmiError",
    "namespace", "powershell", "Pull", "PullResponse", "rdms", "Release", "ReleaseResponse", "role", "root", "schemas",
    "shell", "soap", "soap-envelope", "transfer", "wbem", "windows", "winrm", "wmi", "WQL", "ws", "wscim", "wsman",
    "wsmanfault", "wsmanidentity", "XMLSchema", "XMLSchema-instance", "xsd", "uuid", "ShellId", "rdpinit", "exe",
    "RemoteApp", "select", "from", "where",
    /* classes of WMI */
    "Win32_OperatingSystem", "Win32_RDMSEnvironment", "Win32_RDMSVirtualDesktopCollection", "Win32_RDSHCollection",
    "Win32_RDSHServer", "Win32_SessionDirectorySession", "Win32_SessionDirectorySessionEx", "GetActiveServer",
    "__Namespace",
    /* codes of faults: MS-WSMV, DSP0226, WS-Addressing */
    "s", "w", "wsa", "wsen", "wxf", "a", "n", "e", "x", "p", "env", "Sender", "Receiver", "MustUnderstand",
    "AccessDenied", "ActionNotSupported", "CannotProcessFilter", "DestinationUnreachable", "EncodingLimit",
    "EndpointUnavailable", "FilteringNotSupported", "InternalError", "InvalidEnumerationContext",
    "InvalidExpirationTime", "InvalidMessageInformationHeader", "InvalidOptions", "InvalidParameter",
    "InvalidResourceURI", "InvalidSelectors", "QuotaLimit", "SchemaValidationError", "TimedOut", "UnsupportedFeature",
    /* addresses of Azure */
    "subscriptions", "resourceGroups", "providers", "DesktopVirtualization", "hostPools", "sessionHosts",
    "userSessions", "api-version", "oauth2", "token", "metadata", "nextLink", "Compute", "virtualMachines",
    /* codes of Azure's errors */
    "AuthorizationFailed", "AuthenticationFailed", "InvalidAuthenticationToken", "ExpiredAuthenticationToken",
    "SubscriptionNotFound", "InvalidSubscriptionId", "ResourceGroupNotFound", "ParentResourceNotFound",
    "MissingSubscriptionRegistration", "ResourceNotFound", "InvalidResourceType", "NoRegisteredProviderFound",
    "NotFound", "TooManyRequests", "invalid_client", "unauthorized_client", "invalid_request", "invalid_grant",
    /* options of targets */
    "kerberos", "ntlm", "basic", "certificate", "negotiate", "any", "secret", "managed-identity", "workload-identity",
    "yes", "no", "attempt", "public", "usgov", "china"};

/* Names of states. */
static const char *const states[] = {
    "Active",    "Connected",       "Disconnected", "Pending",   "Unknown",   "LogOff",      "UserProfileDiskMounted",
    "Broken",    "Opened",          "Desktop",      "RemoteApp", "Available", "Unavailable", "Shutdown",
    "Upgrading", "NeedsAssistance", "true",         "false",     "stdin",     "stdout",      "stderr",
    "Line",      "Block",           "None",         "pr",        "en-US",     "Corporation", "OS",
    "SP",        "Stack",           "literal"};

/* Fields that hold a number, a time, a state or a code. */
static const char *const values[] = {
    /* rsp:Shell, and what WinRM reports of itself */
    "State", "ShellRunTime", "ShellInactivity", "IdleTimeOut", "MaxIdleTimeOut", "ProcessId", "InputStreams",
    "OutputStreams", "BufferMode", "Locale", "DataLocale", "ChildProcesses", "CompressionMode", "ProfileLoaded",
    "Encoding", "lang", "mustUnderstand", "nil", "type", "MaxEnvelopeSize", "MaxElements", "OperationTimeout",
    "ProductVersion", "ProductVendor", "ProtocolVersion", "SecurityProfileName", "MaxTimeoutms", "MaxBatchItems",
    "Code", "WinErrorCode", "error_Code", "HRESULT", "error_Category", "CIMStatusCode", "error_Type", "OtherErrorType",
    "Value", "xsi:nil",
    /* session directory and collections */
    "SessionState", "SessionId", "UnifiedSessionId", "IdleTime", "CreateTime", "DisconnectTime", "Datetime", "Interval",
    "CollectionType", "SessionHostType", "ReturnValue", "Type", "ServerWeight", "Port", "ProtocolType",
    "ResolutionWidth", "ResolutionHeight", "ColorDepth",
    /* Azure */
    "sessionState", "applicationType", "createTime", "status", "statusTimestamp", "lastHeartBeat", "sessions",
    "agentVersion", "sxSStackVersion", "osVersion", "allowNewSession", "updateState", "lastUpdateTime", "expires_in",
    "ext_expires_in", "token_type", "code", "createdByType", "createdAt", "lastModifiedAt", "lastModifiedByType",
    "healthCheckName", "healthCheckResult", "errorCode", "lastHealthCheckDateTime", "error"};

static const char *const addresses[] = {"ApplicationType",
                                        "To",
                                        "Address",
                                        "ResourceURI",
                                        "ResourceUri",
                                        "Action",
                                        "Filter",
                                        "Dialect",
                                        "MessageID",
                                        "RelatesTo",
                                        "EnumerationContext",
                                        "Subcode",
                                        "ShellId",
                                        "id",
                                        "nextLink",
                                        "resourceId",
                                        "sessionHostId",
                                        "ClassName",
                                        "ns",
                                        "ReferenceParameters",
                                        "error_Source",
                                        "__cimnamespace"};

/* Keys of JSON whose values are names. */
static const char *const keys[] = {"name",
                                   "value",
                                   "properties",
                                   "userPrincipalName",
                                   "activeDirectoryUserName",
                                   "objectId",
                                   "virtualMachineId",
                                   "assignedUser",
                                   "friendlyName",
                                   "systemData",
                                   "createdBy",
                                   "lastModifiedBy",
                                   "message",
                                   "details",
                                   "target",
                                   "innererror",
                                   "updateErrorMessage",
                                   "sessionHostHealthCheckResults",
                                   "additionalFailureDetails",
                                   "error_description",
                                   "error_codes",
                                   "timestamp",
                                   "trace_id",
                                   "correlation_id",
                                   "additionalInfo",
                                   "info"};

static bool known(const char *const *list, size_t count, const char *word, size_t length)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(list[i]) == length && strncasecmp(list[i], word, length) == 0)
			return true;
	return false;
}

bool redact_word_known(const char *word, size_t length)
{
	return known(words, sizeof words / sizeof *words, word, length);
}

bool redact_state_known(const char *word, size_t length)
{
	return known(states, sizeof states / sizeof *states, word, length);
}

static bool listed(const char *const *list, size_t count, const char *name, size_t length)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(list[i]) == length && memcmp(list[i], name, length) == 0)
			return true;
	return false;
}

enum redact_as redact_field(const char *name, size_t length)
{
	if (listed(values, sizeof values / sizeof *values, name, length))
		return REDACT_VALUE;
	return listed(addresses, sizeof addresses / sizeof *addresses, name, length) ||
	               (length >= 5 && memcmp(name, "xmlns", 5) == 0)
	           ? REDACT_ADDRESS
	           : REDACT_NAME;
}

bool redact_key_known(const char *name)
{
	return redact_field(name, strlen(name)) != REDACT_NAME ||
	       listed(keys, sizeof keys / sizeof *keys, name, strlen(name));
}
