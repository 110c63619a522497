/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Certificates and keys, read once, so that what was checked is what is used. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/base/trust.h"
#include "providers/http/http.h"

enum { BLOB_MOST = 1024 * 1024 };

int http_blob_load(struct http_blob *blob, const char *path, bool secret, struct error *error)
{
	int fd = trusted_open(path, secret, error), result = 0;
	ssize_t got;

	*blob = (struct http_blob){0};
	if (fd < 0)
		return -1;
	blob->bytes = must_alloc(BLOB_MOST + 1);
	do {
		got = read(fd, blob->bytes + blob->length, BLOB_MOST + 1 - blob->length);
		if (got > 0)
			blob->length += (size_t)got;
	} while ((got > 0 && blob->length <= BLOB_MOST) || (got < 0 && errno == EINTR));
	if (got < 0)
		result = error_errno(error, errno, STEP_NONE, "%.180s", path);
	else if (blob->length == 0 || blob->length > BLOB_MOST)
		result = error_set(error, ERROR_CONFIG, STEP_NONE, "%.180s: %s", path,
		                   blob->length == 0 ? "the file is empty" : "larger than 1 MiB");
	else
		blob->bytes[blob->length] = '\0';
	close(fd);
	if (result < 0)
		http_blob_free(blob);
	return result;
}

void http_blob_free(struct http_blob *blob)
{
	if (blob->bytes != NULL)
		explicit_bzero(blob->bytes, blob->length);
	free(blob->bytes);
	*blob = (struct http_blob){0};
}
