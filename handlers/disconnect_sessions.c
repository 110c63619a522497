/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/handler.h"
#include "lib/programs.h"
#include "lib/provider.h"

int main(int argc, char **argv)
{
	return handler_main(&program_disconnect, ACT_DISCONNECT, argc, argv);
}
