/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/collect/worker.h"
#include "providers/wts/wts.h"

int main(int argc, char **argv)
{
	return worker_main(&wts_provider, argc, argv);
}
