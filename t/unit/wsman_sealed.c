/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Encrypted messages in HTTP: as pywinrm makes them (t/vectors/wsman), and as nobody should. */
#include "t/unit/test.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buffer.h"
#include "providers/wsman/sealed.h"

enum { SIGNATURE = 16, PLAIN = 47 };

static struct buffer bytes;

static int begin(void **state)
{
	const char *source = getenv("CURFEW_SRCDIR");
	char path[1024], line[256];
	FILE *file;

	(void)state;
	snprintf(path, sizeof path, "%s/t/vectors/wsman/sealed-answer.hex", source != NULL ? source : ".");
	file = fopen(path, "r");
	if (file == NULL)
		return -1;
	while (fgets(line, sizeof line, file) != NULL)
		for (const char *at = line; line[0] != '#' && isxdigit((unsigned char)at[0]); at += 2) {
			const char pair[] = {at[0], at[1], '\0'};
			const char byte = (char)strtoul(pair, NULL, 16);

			buffer_add(&bytes, &byte, 1);
		}
	fclose(file);
	return bytes.length > 0 ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	buffer_free(&bytes);
	return 0;
}

static void what_pywinrm_writes_is_read(void **state)
{
	static const char plain[] = "<s:Envelope>--Encrypted Boundary\r\n</s:Envelope>";
	struct sealed sealed;
	const char *why = "";

	(void)state;
	if (sealed_read(&sealed, bytes.text, bytes.length, &why) < 0)
		fail_msg("%s", why);
	assert_int_equal(sealed.plain_length, PLAIN);
	assert_int_equal(sealed.signature_length, SIGNATURE);
	for (size_t i = 0; i < SIGNATURE; i++)
		assert_int_equal(sealed.signature[i], i);
	assert_int_equal(sealed.data_length, PLAIN);
	for (size_t i = 0; i < PLAIN; i++)
		assert_int_equal(sealed.data[i] ^ 0x5a, plain[i]);
}

static void it_is_what_we_write(void **state)
{
	struct buffer out = {0};
	struct sealed sealed;
	const char *why;

	(void)state;
	assert_int_equal(sealed_read(&sealed, bytes.text, bytes.length, &why), 0);
	sealed_write(&out, &sealed);
	assert_int_equal(out.length, bytes.length);
	assert_memory_equal(out.text, bytes.text, bytes.length);
	buffer_free(&out);
}

static void no_part_of_it_is_taken(void **state)
{
	struct sealed sealed;
	const char *why;

	(void)state;
	/* The last line's end may be missing. */
	for (size_t length = 0; length < bytes.length - 2; length++) {
		char *part = malloc(length + 1); /* so that a tool sees who reads on */

		assert_non_null(part);
		memcpy(part, bytes.text, length);
		assert_int_equal(sealed_read(&sealed, part, length, &why), -1);
		free(part);
	}
	assert_int_equal(sealed_read(&sealed, bytes.text, bytes.length - 2, &why), 0);
}

#define BEGIN    "--Encrypted Boundary\r\n"
#define PROTOCOL "\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n"
#define ORIGINAL "\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=2\r\n"
#define SECOND   BEGIN "\tContent-Type: application/octet-stream\r\n"
#define DATA     "\1\0\0\0sxy"
#define CLOSE    "--Encrypted Boundary--\r\n"

static void other_messages_are_refused(void **state)
{
	static const struct {
		const char *text;
		size_t length;
		const char *why; /* NULL: it is good */
	} table[] = {
#define ROW(text, why) {(text), sizeof(text) - 1, (why)}
	    ROW(BEGIN PROTOCOL ORIGINAL SECOND DATA CLOSE, NULL),
	    ROW(BEGIN ORIGINAL PROTOCOL SECOND DATA CLOSE, NULL),
	    ROW("--encrypted boundary\n" PROTOCOL ORIGINAL SECOND DATA CLOSE, "does not begin"),
	    ROW(BEGIN ORIGINAL SECOND DATA CLOSE, "in another way"),
	    ROW(BEGIN PROTOCOL SECOND DATA CLOSE, "does not declare SOAP"),
	    ROW(BEGIN "\tContent-Type: application/HTTP-CredSSP-session-encrypted\r\n" ORIGINAL SECOND DATA CLOSE,
	        "in another way"),
	    ROW(BEGIN PROTOCOL ORIGINAL ORIGINAL SECOND DATA CLOSE, "does not declare SOAP"),
	    ROW(BEGIN PROTOCOL
	        "\tOriginalContent: type=application/soap+xml;charset=UTF-16;Length=2\r\n" SECOND DATA CLOSE,
	        "does not declare SOAP"),
	    ROW(BEGIN PROTOCOL
	        "\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=-2\r\n" SECOND DATA CLOSE,
	        "does not declare SOAP"),
	    ROW(BEGIN PROTOCOL
	        "\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=99999999\r\n" SECOND DATA CLOSE,
	        "does not declare SOAP"),
	    ROW(BEGIN PROTOCOL
	        "\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=2;Length=2\r\n" SECOND DATA CLOSE,
	        "does not declare SOAP"),
	    ROW(BEGIN PROTOCOL ORIGINAL BEGIN "\tContent-Type: text/plain\r\n" DATA CLOSE, "not of bytes"),
	    ROW(BEGIN PROTOCOL ORIGINAL SECOND "\0\0\0\0xy" CLOSE, "no signature"),
	    ROW(BEGIN PROTOCOL ORIGINAL SECOND "\4\0\0\0sxy" CLOSE, "no signature"),
	    ROW(BEGIN PROTOCOL ORIGINAL SECOND "\377\377\377\377sxy" CLOSE, "no signature"),
	    ROW(BEGIN PROTOCOL ORIGINAL SECOND "\1\0\0" CLOSE, "cut off"),
	    ROW(BEGIN PROTOCOL ORIGINAL SECOND DATA, "cut off"),
	    ROW(BEGIN PROTOCOL ORIGINAL SECOND DATA CLOSE "more", "cut off"),
	    ROW(BEGIN PROTOCOL ORIGINAL, "no end"),
	    ROW("", "does not begin"),
#undef ROW
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct sealed sealed;
		const char *why = "";
		const int result = sealed_read(&sealed, table[i].text, table[i].length, &why);

		if (result != (table[i].why == NULL ? 0 : -1) ||
		    (table[i].why != NULL && strstr(why, table[i].why) == NULL))
			fail_msg("row %zu: %d, %s", i, result, why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_pywinrm_writes_is_read),
	    cmocka_unit_test(it_is_what_we_write),
	    cmocka_unit_test(no_part_of_it_is_taken),
	    cmocka_unit_test(other_messages_are_refused),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
