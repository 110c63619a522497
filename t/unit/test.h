/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every unit test includes: cmocka needs these headers in this order. */
#ifndef CURFEW_TEST_H
#define CURFEW_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

#endif
