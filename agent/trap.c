/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/trap.h"

#include <stdint.h>
#include <string.h>

#include "agent/columns.h"
#include "agent/grid.h"
#include "agent/value.h"
#include "lib/base/arena.h"

void trap_begin(struct trap *trap, enum trap_kind kind)
{
	memset(trap, 0, sizeof *trap);
	trap->kind = kind;
}

static struct trap_variable *variable_add(struct trap *trap, const struct value *value)
{
	struct trap_variable *variable;
	void *octets;

	trap->variables =
	    arena_grow(&trap->arena, trap->variables, trap->count, &trap->allocated, sizeof *trap->variables);
	variable = &trap->variables[trap->count++];
	variable->value = (struct value){.type = value->type, .number = value->number, .length = value->length};
	if (value->type == VALUE_OCTETS) {
		octets = arena_alloc(&trap->arena, value->length + 1);
		memcpy(octets, value->octets, value->length);
		variable->value.octets = octets;
	}
	return variable;
}

void trap_add_value(struct trap *trap, enum mib_part part, unsigned column, const struct key *key, unsigned key_length,
                    const struct value *value)
{
	struct trap_variable *variable = variable_add(trap, value);

	variable->id[0] = part;
	variable->id[1] = 1; /* the entry of the table */
	variable->id[2] = column;
	for (unsigned i = 0; i < key_length; i++)
		variable->id[3 + i] = key->part[i];
	variable->id_length = 3 + key_length;
}

void trap_add_cell(struct trap *trap, enum mib_part part, const struct grid *grid, unsigned column, size_t row)
{
	struct value value = {0};

	if (grid->read(grid->context, column, row, &value))
		trap_add_value(trap, part, column, &grid->keys[row], grid->key_length, &value);
}

static void scalar_add(struct trap *trap, enum act_column object, const struct value *value)
{
	struct trap_variable *variable = variable_add(trap, value);

	variable->id[0] = PART_ACTS;
	variable->id[1] = object;
	variable->id[2] = 0;
	variable->id_length = 3;
}

void trap_add_text(struct trap *trap, enum act_column object, const char *text)
{
	struct value value = {0};

	value_set_text(&value, text);
	scalar_add(trap, object, &value);
}

void trap_add_number(struct trap *trap, enum act_column object, enum value_type type, uint64_t number)
{
	scalar_add(trap, object, &(struct value){.type = type, .number = number});
}

void trap_add_time(struct trap *trap, enum act_column object, int64_t when)
{
	struct value value = {0};

	if (value_set_time(&value, when))
		scalar_add(trap, object, &value);
}

void trap_free(struct trap *trap)
{
	arena_free(&trap->arena);
	memset(trap, 0, sizeof *trap);
}
