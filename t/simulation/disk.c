/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/simulation/disk.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "t/simulation/chance.h"
#include "t/simulation/clockwork.h"

/* A name is a path and what it leads to, now and after a loss of power. */
struct name {
	char *path;
	struct inode *now, *durable;
};
enum { NAMES_MOST = 512 };
static struct name names[NAMES_MOST];
static size_t name_count;
static uint64_t inode_number;

bool disk_full;
uint64_t disk_writes_lost;

struct inode *disk_anonymous(void)
{
	struct inode *inode = must_alloc(sizeof *inode);

	inode->number = ++inode_number;
	inode->last_change = &inode->changes;
	inode->opens = 1;
	return inode;
}

static void changes_free(struct inode *inode)
{
	while (inode->changes != NULL) {
		struct change *next = inode->changes->next;

		free(inode->changes->bytes);
		free(inode->changes);
		inode->changes = next;
	}
	inode->last_change = &inode->changes;
}

static void inode_free_unused(struct inode *inode)
{
	if (inode->names > 0 || inode->opens > 0)
		return;
	changes_free(inode);
	free(inode->now.bytes);
	free(inode->durable.bytes);
	for (size_t i = 0; i < inode->region_count; i++)
		free(inode->regions[i]);
	free(inode->regions);
	free(inode);
}

void disk_hold(struct inode *inode)
{
	inode->opens++;
}

void disk_drop(struct inode *inode)
{
	inode->opens--;
	inode_free_unused(inode);
}

static struct name *name_of(const char *path)
{
	for (size_t i = 0; i < name_count; i++)
		if (strcmp(names[i].path, path) == 0)
			return &names[i];
	return NULL;
}

/* Both kinds of names count. */
static void point(struct inode **place, struct inode *to)
{
	struct inode *from = *place;

	if (to != NULL)
		to->names++;
	*place = to;
	if (from != NULL) {
		from->names--;
		inode_free_unused(from);
	}
}

static struct name *name_make(const char *path)
{
	struct name *name = name_of(path);

	if (name != NULL)
		return name;
	if (name_count == NAMES_MOST)
		abort();
	name = &names[name_count++];
	*name = (struct name){.path = must_strdup(path)};
	return name;
}

struct inode *disk_find(const char *path)
{
	const struct name *name = name_of(path);

	return name != NULL ? name->now : NULL;
}

const char *disk_next(size_t *place)
{
	while (*place < NAMES_MOST) {
		const struct name *name = &names[(*place)++];

		if (name->path != NULL && name->now != NULL)
			return name->path;
	}
	return NULL;
}

struct inode *disk_make(const char *path)
{
	struct inode *inode = disk_find(path);

	if (inode != NULL)
		return inode;
	inode = disk_anonymous();
	point(&name_make(path)->now, inode);
	disk_drop(inode);
	return inode;
}

int disk_rename(const char *from, const char *to)
{
	struct inode *inode = disk_find(from);

	if (inode == NULL) {
		errno = ENOENT;
		return -1;
	}
	point(&name_make(to)->now, inode);
	point(&name_of(from)->now, NULL);
	return 0;
}

int disk_remove(const char *path)
{
	struct name *name = name_of(path);

	if (name == NULL || name->now == NULL) {
		errno = ENOENT;
		return -1;
	}
	point(&name->now, NULL);
	return 0;
}

size_t disk_read(const struct inode *inode, void *bytes, size_t length, size_t at)
{
	size_t left = at < inode->now.size ? inode->now.size - at : 0;

	if (length > left)
		length = left;
	if (length > 0)
		memcpy(bytes, inode->now.bytes + at, length);
	return length;
}

static void content_size(struct content *content, size_t size)
{
	if (size > content->room) {
		content->room = size + size / 2 + 4096;
		content->bytes = must_realloc(content->bytes, content->room);
	}
	if (size > content->size)
		memset(content->bytes + content->size, 0, size - content->size);
	content->size = size;
}

static void content_write(struct content *content, const char *bytes, size_t length, size_t at)
{
	if (at + length > content->size)
		content_size(content, at + length);
	if (length > 0)
		memcpy(content->bytes + at, bytes, length);
}

static void change_add(struct inode *inode, const void *bytes, size_t length, size_t at)
{
	struct change *change = must_alloc(sizeof *change);

	*change = (struct change){.at = at, .length = length};
	if (bytes != NULL) {
		change->bytes = must_alloc(length + 1);
		memcpy(change->bytes, bytes, length);
	}
	*inode->last_change = change;
	inode->last_change = &change->next;
	inode->written_at = virtual_time.now;
}

bool disk_write(struct inode *inode, const void *bytes, size_t length, size_t at)
{
	if (disk_full)
		return false;
	content_write(&inode->now, bytes, length, at);
	change_add(inode, bytes, length, at);
	return true;
}

bool disk_cut(struct inode *inode, size_t length)
{
	if (disk_full && length > inode->now.size)
		return false;
	content_size(&inode->now, length);
	change_add(inode, NULL, length, 0);
	return true;
}

static void change_apply(struct content *content, const struct change *change, size_t length)
{
	if (change->bytes == NULL)
		content_size(content, change->length);
	else
		content_write(content, change->bytes, length, change->at);
}

static void names_keep(void)
{
	for (size_t i = 0; i < name_count; i++)
		if (names[i].durable != names[i].now)
			point(&names[i].durable, names[i].now);
}

void disk_sync(struct inode *inode)
{
	for (const struct change *change = inode->changes; change != NULL; change = change->next)
		change_apply(&inode->durable, change, change->length);
	changes_free(inode);
	names_keep();
}

/* Some of what was not synced is there all the same: up to a change of chance, and a part of that one. */
static void lose(struct inode *inode)
{
	size_t count = 0;
	int64_t kept;
	struct change *change = inode->changes;

	for (const struct change *at = change; at != NULL; at = at->next)
		count++;
	kept = chance_below((int64_t)count + 1);
	for (; kept > 0; kept--, change = change->next)
		change_apply(&inode->durable, change, change->length);
	if (change != NULL) {
		disk_writes_lost++;
		change_apply(&inode->durable, change, (size_t)chance_below((int64_t)change->length + 1));
	}
	changes_free(inode);
	content_size(&inode->now, inode->durable.size);
	if (inode->durable.size > 0)
		memcpy(inode->now.bytes, inode->durable.bytes, inode->durable.size);
}

void disk_power_loss(void)
{
	/* Names first: a file whose name did not last is gone. */
	bool kept = chance_percent(50);

	for (size_t i = 0; i < name_count; i++)
		if (names[i].durable != names[i].now && kept)
			point(&names[i].durable, names[i].now);
	for (size_t i = 0; i < name_count; i++)
		if (names[i].now != names[i].durable)
			point(&names[i].now, names[i].durable);
	for (size_t i = 0; i < name_count; i++)
		if (names[i].now != NULL)
			lose(names[i].now);
}

void disk_clear(void)
{
	for (size_t i = 0; i < name_count; i++) {
		point(&names[i].now, NULL);
		point(&names[i].durable, NULL);
		free(names[i].path);
	}
	name_count = 0;
	disk_full = false;
}

void disk_put(const char *path, const char *text)
{
	struct inode *inode = disk_make(path);

	disk_cut(inode, 0);
	disk_write(inode, text, strlen(text), 0);
	disk_sync(inode);
}

unsigned disk_links(const struct inode *inode)
{
	unsigned count = 0;

	for (size_t i = 0; i < name_count; i++)
		count += names[i].now == inode;
	return count;
}
