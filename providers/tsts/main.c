/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/collect/worker.h"
#include "providers/tsts/tsts.h"

int main(int argc, char **argv)
{
	return worker_main(&tsts_provider, argc, argv);
}
