/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FNV-1a against vectors of its Internet-Draft (draft-eastlake-fnv, appendix C). */
#include "lib/base/hash.h"

#include <stddef.h>
#include <stdint.h>

#include "t/unit/test.h"

static void vectors(void **state)
{
	(void)state;
	assert_true(hash_bytes(HASH_START, "", 0) == UINT64_C(0xcbf29ce484222325));
	assert_true(hash_bytes(HASH_START, "a", 1) == UINT64_C(0xaf63dc4c8601ec8c));
	assert_true(hash_bytes(HASH_START, "foobar", 6) == UINT64_C(0x85944171f73967e8));
	assert_true(hash_bytes(hash_bytes(HASH_START, "foo", 3), "bar", 3) == UINT64_C(0x85944171f73967e8));
}

static void texts(void **state)
{
	(void)state;
	assert_true(hash_text(hash_text(HASH_START, "a"), "bc") != hash_text(hash_text(HASH_START, "ab"), "c"));
	assert_true(hash_folded("FooBar") == UINT64_C(0x85944171f73967e8));
	assert_true(hash_folded("[\xc3\x84") != hash_folded("{\xc3\xa4"));
	assert_int_equal(hash_short(UINT64_C(0x85944171f73967e8)), 0x85944171u ^ 0xf73967e8u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(vectors),
	    cmocka_unit_test(texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
