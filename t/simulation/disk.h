/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A disk in memory.  What was written is there for every program at once; what was not synced may be lost, from any
 * write on, and the last write that is left may be torn.  Names that were made, moved and removed are kept by the next
 * sync of anything, as a journal does.
 */
#ifndef CURFEW_SIMULATION_DISK_H
#define CURFEW_SIMULATION_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What stands in a file, and a write that may be lost. */
struct content {
	char *bytes;
	size_t size, room;
};
struct change {
	size_t at, length;
	char *bytes; /* NULL: the file is cut, or grown, to this length */
	struct change *next;
};

struct vfs_file;
struct inode {
	unsigned names, opens;
	uint64_t number;
	struct content now, durable;
	struct change *changes, **last_change;
	int64_t written_at; /* true time */
	const void *lock;   /* flock(): whose */

	/* SQLite's locks, and the memory that its connections share. */
	unsigned readers;
	struct vfs_file *reserved, *pending, *exclusive;
	void **regions;
	size_t region_count, region_users;
	unsigned shared[8];
	struct vfs_file *holder[8];
};

/* Names are whole paths. */
struct inode *disk_find(const char *path);
struct inode *disk_make(const char *path);
struct inode *disk_anonymous(void);
void disk_hold(struct inode *inode);
void disk_drop(struct inode *inode);
int disk_rename(const char *from, const char *to);
int disk_remove(const char *path);
/* The first name at *place or behind it, which is moved behind that; NULL: there is none. */
const char *disk_next(size_t *place);

size_t disk_read(const struct inode *inode, void *bytes, size_t length, size_t at);
/* false: the disk is full */
bool disk_write(struct inode *inode, const void *bytes, size_t length, size_t at);
bool disk_cut(struct inode *inode, size_t length);
void disk_sync(struct inode *inode);

/* All that was not synced is lost from a moment of chance on. */
void disk_power_loss(void);
unsigned disk_links(const struct inode *inode);
void disk_clear(void);
/* A file of the world before the programs, synced. */
void disk_put(const char *path, const char *text);

extern bool disk_full;
extern uint64_t disk_writes_lost;

#endif
