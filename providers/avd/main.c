/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/collect/worker.h"
#include "providers/avd/avd.h"

int main(int argc, char **argv)
{
	return worker_main(&avd_provider, argc, argv);
}
