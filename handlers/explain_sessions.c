/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/act/handler.h"
#include "lib/config/programs.h"
#include "lib/enforce/enforce_explain.h"
#include "providers/registry.h"

int main(int argc, char **argv)
{
	return handler_main_with(&program_explain, provider_registry, explain_run, argc, argv);
}
