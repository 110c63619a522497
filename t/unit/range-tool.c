/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For t/threshold-range.t: reads lines "RANGE<tab>VALUE", answers "alert", "quiet" or "refused". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/judge/threshold.h"

int main(void)
{
	char line[1024];

	while (fgets(line, sizeof line, stdin) != NULL) {
		char *tab = strrchr(line, '\t');
		struct error error = {0};
		struct range range;

		if (tab == NULL)
			return 3;
		*tab = '\0';
		if (range_parse(&range, line, &error) < 0)
			puts("refused");
		else
			puts(range_alerts(&range, strtod(tab + 1, NULL)) ? "alert" : "quiet");
	}
	return 0;
}
