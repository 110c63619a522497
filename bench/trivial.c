/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The smallest plugin there can be: what a start costs by itself. */
#include <stdio.h>

int main(void)
{
	puts("TRIVIAL OK: 0 sessions | total=0;;;0");
	return 0;
}
