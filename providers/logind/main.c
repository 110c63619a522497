/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/collect/worker.h"
#include "providers/logind/logind.h"

int main(int argc, char **argv)
{
	return worker_main(&logind_provider, argc, argv);
}
