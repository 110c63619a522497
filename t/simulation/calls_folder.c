/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders of the disk in memory, as <dirent.h> lists them. */
#include "t/simulation/calls.h"

#include <dirent.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "t/simulation/disk.h"

/* One at a time is enough. */
static struct {
	int fd;
	char folder[300];
	size_t place;
	struct dirent64 entry;
} listing;

DIR *__wrap_fdopendir(int fd);
DIR *__real_fdopendir(int fd);
DIR *__wrap_fdopendir(int fd)
{
	const char *folder = calls_folder(fd);

	if (folder == NULL)
		return __real_fdopendir(fd);
	if (listing.folder[0] != '\0') {
		errno = EMFILE;
		return NULL;
	}
	listing.fd = fd;
	listing.place = 0;
	snprintf(listing.folder, sizeof listing.folder, "%s/", folder);
	return (DIR *)&listing;
}

struct dirent64 *__wrap_readdir64(DIR *folder);
struct dirent64 *__real_readdir64(DIR *folder);
struct dirent64 *__wrap_readdir64(DIR *folder)
{
	const size_t length = strlen(listing.folder);
	const char *path;

	if (folder != (DIR *)&listing)
		return __real_readdir64(folder);
	while ((path = disk_next(&listing.place)) != NULL) {
		if (strncmp(path, listing.folder, length) != 0 || strchr(path + length, '/') != NULL)
			continue;
		snprintf(listing.entry.d_name, sizeof listing.entry.d_name, "%s", path + length);
		return &listing.entry;
	}
	return NULL;
}

int __wrap_closedir(DIR *folder);
int __real_closedir(DIR *folder);
int __wrap_closedir(DIR *folder)
{
	if (folder != (DIR *)&listing)
		return __real_closedir(folder);
	listing.folder[0] = '\0';
	return close(listing.fd);
}
