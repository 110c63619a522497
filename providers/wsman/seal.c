/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/wsman/seal.h"

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <krb5.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "providers/wsman/sealed.h"

/* Tokens of a login are some kilobytes (Kerberos with many groups), at most. */
enum { TOKEN_MOST = 64 * 1024, NTLM_SIGNATURE = 16 };

static const OM_uint32 WANTED = GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG | GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG;

static gss_OID_desc spnego = {6, (void *)"\x2b\x06\x01\x05\x05\x02"};
static gss_OID_desc ntlm = {10, (void *)"\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"};

struct seal {
	struct seal_login login;
	gss_name_t host;
	gss_cred_id_t account;
	gss_ctx_id_t context;
	bool ready;
};

static gss_OID mechanism(const struct seal *seal)
{
	return seal->login.kind == SEAL_NTLM ? &ntlm : &spnego;
}

static const char *status_text(OM_uint32 number, int kind, gss_OID mechanism, struct arena *arena)
{
	gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
	OM_uint32 ignored, more = 0;
	const char *shown = "";

	if (gss_display_status(&ignored, number, kind, mechanism, &more, &text) == GSS_S_COMPLETE)
		shown = text_clean(arena, text.value, text.length, 120);
	gss_release_buffer(&ignored, &text);
	return shown;
}

/* GSS-API's error text: the minor status has the mechanism's reason; without one, the major status. */
static int failed(const struct seal *seal, enum error_code code, enum step step, const char *what, OM_uint32 major,
                  OM_uint32 minor, struct error *error)
{
	gss_OID by = seal->login.kind == SEAL_KERBEROS ? (gss_OID)gss_mech_krb5 : &ntlm;
	struct arena arena = {0};
	const char *text = minor != 0 ? status_text(minor, GSS_C_MECH_CODE, by, &arena) : "";

	if (text[0] == '\0')
		text = status_text(major, GSS_C_GSS_CODE, GSS_C_NO_OID, &arena);
	error_set(error, code, step, "%.80s: %s: %s", seal->login.shown, what, text);
	error->native = (int64_t)(minor != 0 ? minor : major);
	arena_free(&arena);
	return -1;
}

/* SPNEGO may choose nothing but Kerberos. */
static OM_uint32 take_tickets(struct seal *seal, OM_uint32 *minor)
{
	gss_OID_set_desc by_spnego = {1, &spnego}, kerberos = {1, (gss_OID)gss_mech_krb5};
	OM_uint32 major =
	    gss_acquire_cred(minor, GSS_C_NO_NAME, 0, &by_spnego, GSS_C_INITIATE, &seal->account, NULL, NULL);

	return major == GSS_S_COMPLETE ? gss_set_neg_mechs(minor, seal->account, &kerberos) : major;
}

static OM_uint32 take_password(struct seal *seal, OM_uint32 *minor)
{
	gss_buffer_desc user = {strlen(seal->login.user), (void *)seal->login.user},
	                password = {strlen(seal->login.password), (void *)seal->login.password};
	gss_OID_set_desc only = {1, &ntlm};
	gss_name_t name = GSS_C_NO_NAME;
	OM_uint32 ignored, major = gss_import_name(minor, &user, GSS_C_NT_USER_NAME, &name);

	if (major == GSS_S_COMPLETE)
		major = gss_acquire_cred_with_password(minor, name, &password, 0, &only, GSS_C_INITIATE, &seal->account,
		                                       NULL, NULL);
	gss_release_name(&ignored, &name);
	return major;
}

static void no_account(struct seal *seal, OM_uint32 major, OM_uint32 minor, struct error *error)
{
	if (seal->login.kind == SEAL_NTLM && GSS_ERROR(major) == GSS_S_BAD_MECH) {
		error_set(error, ERROR_UNSUPPORTED, STEP_LOGIN, "%.80s: this machine's GSS-API has no NTLM",
		          seal->login.shown);
		error_hint(error, "install gss-ntlmssp, or use a domain account: auth = negotiate");
		return;
	}
	failed(seal, ERROR_AUTH, STEP_LOGIN, "no login can be made", major, minor, error);
}

struct seal *seal_new(const struct seal_login *login, struct error *error)
{
	struct seal *seal = must_alloc(sizeof *seal);
	gss_buffer_desc host = GSS_C_EMPTY_BUFFER;
	struct arena arena = {0};
	OM_uint32 major, minor = 0;

	*seal = (struct seal){
	    .login = *login,
	    .host = GSS_C_NO_NAME,
	    .account = GSS_C_NO_CREDENTIAL,
	    .context = GSS_C_NO_CONTEXT,
	};
	host.value = arena_printf(&arena, "HTTP@%s", login->host);
	host.length = strlen(host.value);
	major = gss_import_name(&minor, &host, GSS_C_NT_HOSTBASED_SERVICE, &seal->host);
	arena_free(&arena);
	if (major == GSS_S_COMPLETE)
		major = login->kind == SEAL_NTLM ? take_password(seal, &minor) : take_tickets(seal, &minor);
	if (major == GSS_S_COMPLETE)
		return seal;
	no_account(seal, major, minor, error);
	seal_free(seal);
	return NULL;
}

void seal_free(struct seal *seal)
{
	OM_uint32 ignored;

	if (seal == NULL)
		return;
	gss_delete_sec_context(&ignored, &seal->context, GSS_C_NO_BUFFER);
	gss_release_cred(&ignored, &seal->account);
	gss_release_name(&ignored, &seal->host);
	free(seal);
}

bool seal_ready(const struct seal *seal)
{
	return seal != NULL && seal->ready;
}

/* Base64 with padding.  The length, or -1. */
static int decode(const char *text, unsigned char *to, size_t size)
{
	const size_t length = strlen(text);
	int decoded;

	if (length == 0 || length % 4 != 0 || length / 4 * 3 > size)
		return -1;
	decoded = EVP_DecodeBlock(to, (const unsigned char *)text, (int)length);
	for (size_t i = 1; decoded > 0 && i <= 2 && text[length - i] == '='; i++)
		decoded--;
	return decoded;
}

static void encode(const gss_buffer_desc *bytes, struct buffer *to)
{
	unsigned char *text = must_alloc(bytes->length / 3 * 4 + 5);
	const int length = EVP_EncodeBlock(text, bytes->value, (int)bytes->length);

	buffer_add(to, (const char *)text, length > 0 ? (size_t)length : 0);
	free(text);
}

static int refused(struct seal *seal, OM_uint32 major, OM_uint32 minor, struct error *error)
{
	const bool kerberos = seal->login.kind == SEAL_KERBEROS;
	const bool unreachable =
	    kerberos && (minor == (OM_uint32)KRB5_KDC_UNREACH || minor == (OM_uint32)KRB5_REALM_CANT_RESOLVE);

	failed(seal, unreachable ? ERROR_UNREACHABLE : ERROR_AUTH, STEP_LOGIN,
	       kerberos ? "the login by Kerberos fails" : "the login by NTLM fails", major, minor, error);
	return error_hint(error, "%s",
	                  kerberos ? "look at the tickets (klist) and the host's name: its service is HTTP/HOST, as "
	                             "DNS has it"
	                           : "check username, password and domain in the credentials file");
}

/* Compares the established context with what was requested. */
static int agreed(struct seal *seal, struct error *error)
{
	const bool kerberos = seal->login.kind == SEAL_KERBEROS;
	const OM_uint32 needed = WANTED | (kerberos ? GSS_C_MUTUAL_FLAG : 0);
	OM_uint32 minor, flags = 0, lifetime = 0;
	gss_OID used = GSS_C_NO_OID;
	int open = 0;

	if (gss_inquire_context(&minor, seal->context, NULL, NULL, &lifetime, &used, &flags, NULL, &open) !=
	        GSS_S_COMPLETE ||
	    !open || (kerberos && lifetime == 0)) /* gss-ntlmssp knows no lifetime */
		return error_set(error, ERROR_PROTOCOL, STEP_LOGIN, "%.80s: the login did not finish",
		                 seal->login.shown);
	if (!gss_oid_equal(used, kerberos ? gss_mech_krb5 : &ntlm))
		return error_set(error, ERROR_PROTOCOL, STEP_LOGIN,
		                 "%.80s: nothing was sent, because the login is not by %s as was asked",
		                 seal->login.shown, kerberos ? "Kerberos" : "NTLM");
	if ((flags & needed) != needed)
		return error_set(
		    error, ERROR_PROTOCOL, STEP_LOGIN,
		    "%.80s: nothing was sent, because the login does not allow encryption with an order of "
		    "messages (flags 0x%lx of 0x%lx)",
		    seal->login.shown, (unsigned long)(flags & needed), (unsigned long)needed);
	seal->ready = true;
	return 0;
}

int seal_step(struct seal *seal, const char *challenge, struct buffer *token, struct error *error)
{
	const bool kerberos = seal->login.kind == SEAL_KERBEROS;
	gss_buffer_desc in = GSS_C_EMPTY_BUFFER, out = GSS_C_EMPTY_BUFFER;
	unsigned char *bytes = NULL;
	OM_uint32 major, minor = 0, ignored;

	if (challenge != NULL) {
		int length;

		bytes = must_alloc(TOKEN_MOST);
		length = decode(challenge, bytes, TOKEN_MOST);
		if (length <= 0) {
			free(bytes);
			return error_set(error, ERROR_PROTOCOL, STEP_LOGIN,
			                 "%.80s: its answer to the login is not a token", seal->login.shown);
		}
		in = (gss_buffer_desc){(size_t)length, bytes};
	}
	major = gss_init_sec_context(&minor, seal->account, &seal->context, seal->host, mechanism(seal),
	                             WANTED | (kerberos ? GSS_C_MUTUAL_FLAG : 0), 0, GSS_C_NO_CHANNEL_BINDINGS, &in,
	                             NULL, &out, NULL, NULL);
	free(bytes);
	if (GSS_ERROR(major) == 0 && out.length > 0)
		encode(&out, token);
	gss_release_buffer(&ignored, &out);
	if (GSS_ERROR(major) != 0)
		return refused(seal, major, minor, error);
	return major == GSS_S_COMPLETE ? agreed(seal, error) : 0;
}

/* gss-ntlmssp has no wrap_iov(); its token is the signature and then the data. */
static OM_uint32 wrap_ntlm(struct seal *seal, const char *text, size_t length, struct buffer *body, OM_uint32 *minor)
{
	gss_buffer_desc in = {length, (void *)text}, out = GSS_C_EMPTY_BUFFER;
	OM_uint32 ignored, major;
	int encrypted = 0;

	major = gss_wrap(minor, seal->context, 1, GSS_C_QOP_DEFAULT, &in, &encrypted, &out);
	if (major == GSS_S_COMPLETE && (!encrypted || out.length != length + NTLM_SIGNATURE))
		major = GSS_S_FAILURE;
	if (major == GSS_S_COMPLETE)
		sealed_write(body, &(struct sealed){
		                       .signature = out.value,
		                       .signature_length = NTLM_SIGNATURE,
		                       .data = (const char *)out.value + NTLM_SIGNATURE,
		                       .data_length = length,
		                       .plain_length = length,
		                   });
	gss_release_buffer(&ignored, &out);
	return major;
}

/* Padding of old ciphers follows the data and counts in the length. */
static OM_uint32 wrap_kerberos(struct seal *seal, const char *text, size_t length, struct buffer *body,
                               OM_uint32 *minor)
{
	struct buffer data = {0};
	gss_iov_buffer_desc parts[] = {
	    {GSS_IOV_BUFFER_TYPE_HEADER | GSS_IOV_BUFFER_FLAG_ALLOCATE, GSS_C_EMPTY_BUFFER},
	    {GSS_IOV_BUFFER_TYPE_DATA, GSS_C_EMPTY_BUFFER},
	    {GSS_IOV_BUFFER_TYPE_PADDING | GSS_IOV_BUFFER_FLAG_ALLOCATE, GSS_C_EMPTY_BUFFER},
	};
	OM_uint32 ignored, major;
	int encrypted = 0;

	buffer_add(&data, text, length);
	parts[1].buffer = (gss_buffer_desc){length, data.text};
	major = gss_wrap_iov(minor, seal->context, 1, GSS_C_QOP_DEFAULT, &encrypted, parts, 3);
	if (major == GSS_S_COMPLETE && (!encrypted || parts[0].buffer.length == 0))
		major = GSS_S_FAILURE;
	if (major == GSS_S_COMPLETE) {
		buffer_add(&data, parts[2].buffer.value, parts[2].buffer.length);
		sealed_write(body, &(struct sealed){
		                       .signature = parts[0].buffer.value,
		                       .signature_length = parts[0].buffer.length,
		                       .data = data.text,
		                       .data_length = data.length,
		                       .plain_length = data.length,
		                   });
	}
	gss_release_iov_buffer(&ignored, parts, 3);
	buffer_free(&data);
	return major;
}

int seal_wrap(struct seal *seal, const char *text, size_t length, struct buffer *body, struct error *error)
{
	OM_uint32 major, minor = 0;

	major = seal->login.kind == SEAL_NTLM ? wrap_ntlm(seal, text, length, body, &minor)
	                                      : wrap_kerberos(seal, text, length, body, &minor);
	if (major == GSS_S_COMPLETE)
		return 0;
	return failed(seal, ERROR_PROTOCOL, STEP_LOGIN, "nothing was sent, because the message cannot be encrypted",
	              major, minor, error);
}

/* The two pieces together are what gss_wrap() gives, rotated or not, so that one function serves both. */
static OM_uint32 unwrap(struct seal *seal, const struct sealed *sealed, struct buffer *plain, OM_uint32 *minor)
{
	struct buffer token = {0};
	gss_buffer_desc in, out = GSS_C_EMPTY_BUFFER;
	OM_uint32 ignored, major;
	int encrypted = 0;

	buffer_add(&token, sealed->signature, sealed->signature_length);
	buffer_add(&token, sealed->data, sealed->data_length);
	in = (gss_buffer_desc){token.length, token.text};
	major = gss_unwrap(minor, seal->context, &in, &out, &encrypted, NULL);
	if (major == GSS_S_COMPLETE && !encrypted)
		major = GSS_S_FAILURE;
	if (major == GSS_S_COMPLETE)
		buffer_add(plain, out.value, out.length);
	gss_release_buffer(&ignored, &out);
	buffer_free(&token);
	return major;
}

/* Only GSS_S_COMPLETE is accepted: supplementary bits report repeated, late and missing messages. */
int seal_unwrap(struct seal *seal, const char *body, size_t length, enum step step, struct buffer *plain,
                struct error *error)
{
	OM_uint32 major, minor = 0;
	struct sealed sealed;
	const char *why;

	if (sealed_read(&sealed, body, length, &why) < 0)
		return error_set(error, ERROR_PROTOCOL, step, "%.80s: %s", seal->login.shown, why);
	major = unwrap(seal, &sealed, plain, &minor);
	if (major != GSS_S_COMPLETE) {
		failed(seal, ERROR_PROTOCOL, step, "the answer is refused, because it was changed, cut or repeated",
		       major, minor, error);
		return error_hint(error, "a machine on the way may have changed it, or the host encrypts differently");
	}
	if (plain->length == sealed.plain_length)
		return 0;
	buffer_free(plain);
	return error_set(error, ERROR_PROTOCOL, step,
	                 "%.80s: the answer is refused, because it is not as long as it says", seal->login.shown);
}
