/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tokens between runs, so that a check each minute does not log in each minute:
 * STATE_DIR/token-HASH, mode 0600, where HASH is of everything that decides
 * what the token is, the secret too.  A new file is renamed over the old one, so
 * processes at the same time each see a whole one; what cannot be trusted is not read.
 */
#include <fcntl.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/act/state.h"
#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/base/output.h"
#include "providers/avd/azure.h"
#include "providers/avd/decode.h"

enum { FILE_MOST = 128 * 1024, NAME_SIZE = 96 };

static void hash_add(EVP_MD_CTX *hash, const char *bytes, size_t length)
{
	EVP_DigestUpdate(hash, &length, sizeof length);
	EVP_DigestUpdate(hash, bytes != NULL ? bytes : "", bytes != NULL ? length : 0);
}

static void hash_text(EVP_MD_CTX *hash, const char *text)
{
	hash_add(hash, text, text != NULL ? strlen(text) : 0);
}

/* -1: there is no name without a hash. */
static int file_name(const struct account *account, char name[NAME_SIZE])
{
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	size_t used;

	if (hash == NULL || EVP_DigestInit_ex(hash, EVP_sha256(), NULL) != 1) {
		EVP_MD_CTX_free(hash);
		return -1;
	}
	hash_text(hash, account->key);
	hash_text(hash, account->authority);
	hash_text(hash, account->tenant);
	hash_text(hash, account->client);
	hash_text(hash, account->federated_file);
	hash_text(hash, account->secret);
	hash_add(hash, account->key_file.bytes, account->key_file.length);
	EVP_DigestFinal_ex(hash, digest, &length);
	EVP_MD_CTX_free(hash);
	used = (size_t)snprintf(name, NAME_SIZE, "token-");
	for (unsigned i = 0; i < 20; i++)
		used += (size_t)snprintf(name + used, NAME_SIZE - used, "%02x", digest[i]);
	return 0;
}

/* A regular file of our own, not readable by others; symbolic links are not followed. */
static int open_private(const struct state_dir *dir, const char *name)
{
	int fd = openat(dir->fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat status;

	if (fd < 0)
		return -1;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
	    (status.st_mode & 077) == 0)
		return fd;
	close(fd);
	return -1;
}

static int take(struct account *account, const json_t *json)
{
	const char *token = json_string_value(json_object_get(json, "token"));
	json_int_t until = json_integer_value(json_object_get(json, "until"));

	if (token == NULL || !token_plain(token) || until <= 0)
		return -1;
	account->token = must_strdup(token);
	account->until = (int64_t)until;
	return 0;
}

int cache_read(struct account *account)
{
	char name[NAME_SIZE], *text;
	struct error ignored = {0};
	struct state_dir dir;
	ssize_t length = -1;
	int fd, result = -1;

	if (!account->cached || file_name(account, name) < 0 || state_dir_open(&dir, NULL, &ignored) < 0)
		return -1;
	fd = open_private(&dir, name);
	state_dir_close(&dir);
	if (fd < 0)
		return -1;
	text = must_alloc(FILE_MOST);
	length = read(fd, text, FILE_MOST);
	close(fd);
	if (length > 0) {
		json_t *json = json_loadb(text, (size_t)length, JSON_REJECT_DUPLICATES, NULL);

		result = take(account, json);
		json_decref(json);
		explicit_bzero(text, (size_t)length);
	}
	free(text);
	return result;
}

void cache_write(const struct account *account)
{
	char name[NAME_SIZE], new[NAME_SIZE + 32], *text;
	struct error ignored = {0};
	struct state_dir dir;
	json_t *json;
	int fd;

	if (!account->cached || file_name(account, name) < 0 || state_dir_open(&dir, NULL, &ignored) < 0)
		return;
	snprintf(new, sizeof new, "%s.%ld", name, (long)getpid());
	/* One that a killed process with our id has left is in the way. */
	unlinkat(dir.fd, new, 0);
	fd = openat(dir.fd, new, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	json = json_pack("{ss sI}", "token", account->token, "until", (json_int_t)account->until);
	text = json_dumps(json, JSON_COMPACT);
	if (fd >= 0 &&
	    (text == NULL || write_whole(fd, text, strlen(text)) < 0 || renameat(dir.fd, new, dir.fd, name) < 0))
		unlinkat(dir.fd, new, 0);
	if (fd >= 0)
		close(fd);
	if (text != NULL)
		explicit_bzero(text, strlen(text));
	free(text);
	json_decref(json);
	state_dir_close(&dir);
}

void cache_drop(const struct account *account)
{
	struct error ignored = {0};
	char name[NAME_SIZE];
	struct state_dir dir;

	if (!account->cached || file_name(account, name) < 0 || state_dir_open(&dir, NULL, &ignored) < 0)
		return;
	unlinkat(dir.fd, name, 0);
	state_dir_close(&dir);
}
