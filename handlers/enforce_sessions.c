/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/act/handler.h"
#include "lib/config/programs.h"
#include "lib/enforce/enforce.h"
#include "providers/registry.h"

int main(int argc, char **argv)
{
	return handler_main_with(&program_enforce, provider_registry, enforce_run, argc, argv);
}
