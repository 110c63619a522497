/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/collect/worker.h"
#include "providers/rds/rds.h"

int main(int argc, char **argv)
{
	return worker_main(&rds_provider, argc, argv);
}
