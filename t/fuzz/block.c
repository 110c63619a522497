/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libFuzzer's way into the snapshot block that the subagent and the module for
 * snmpd read.  The first byte chooses: 0, the rest is the block; 1, the rest are
 * changes to a good one, three bytes each.  Whatever stands in it, a walk ends,
 * goes upwards only, and reads nothing outside of the block.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agent/block.h"
#include "agent/pack.h"
#include "t/fuzz/blocks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct packed packed = {0};
	struct block block;

	if (size == 0)
		return 0;
	if (data[0] % 2 == 0) {
		packed.size = size - 1;
		packed.bytes = malloc(size);
		if (packed.bytes == NULL)
			abort();
		memcpy(packed.bytes, data + 1, packed.size);
	} else {
		packed = block_good();
		block_change(&packed, data + 1, size - 1);
	}
	if (block_open(&block, packed.bytes, packed.size) == NULL)
		block_read_all(&block);
	free(packed.bytes);
	return 0;
}
