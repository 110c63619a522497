/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/act/handler.h"
#include "lib/config/programs.h"
#include "lib/target/provider.h"
#include "providers/registry.h"

int main(int argc, char **argv)
{
	return handler_main(&program_disconnect, provider_registry, ACT_DISCONNECT, argc, argv);
}
