/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/collect/worker.h"
#include "providers/sim/sim.h"

int main(int argc, char **argv)
{
	sim_faults_in_worker();
	return worker_main(&sim_provider, argc, argv);
}
