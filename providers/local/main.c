/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/collect/worker.h"
#include "providers/local/local.h"

int main(int argc, char **argv)
{
	return worker_main(&local_provider, argc, argv);
}
