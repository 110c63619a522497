/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/collect/worker.h"
#include "providers/skeleton/skeleton.h"

int main(int argc, char **argv)
{
	return worker_main(&skeleton_provider, argc, argv);
}
