/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/collect/worker.h"
#include "providers/winrm/winrm.h"

int main(int argc, char **argv)
{
	return worker_main(&winrm_provider, argc, argv);
}
