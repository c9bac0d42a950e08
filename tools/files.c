// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files of the system, below a root that tests choose.
 *
 * What is read is not trusted: it may be endless, binary, a pipe, or a link to itself.
 * Texts come out with printable characters only, so that none can drive a terminal.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "dtslot.h"

#define LINE_MOST	4096	/* bytes of an attribute that are looked at */
#define NAMES_MOST	65536	/* entries of a directory that are looked at */

static const char *root = "";

/**
 * files_set_root() - say where the system's files begin
 * @path: a directory, "" for the root itself; stays the caller's
 */
void files_set_root(const char *path)
{
	root = strcmp(path, "/") ? path : "";
}

/**
 * files_root() - where the system's files begin
 *
 * Return: a directory without a slash behind it, "" for the root itself.
 */
const char *files_root(void)
{
	return root;
}

static char *path_at_root(const char *fmt, va_list arguments)
{
	char *path = format_list(fmt, arguments), *whole;

	whole = format("%s%s", root, path);
	free(path);
	return whole;
}

#define MAKE_PATH(path, fmt) do {			\
		va_list arguments;			\
							\
		va_start(arguments, fmt);		\
		path = path_at_root(fmt, arguments);	\
		va_end(arguments);			\
	} while (0)

/**
 * at_root() - where a file of the system is
 * @fmt: its absolute path, as printf takes it
 *
 * Return: the path, to be freed.
 */
char *at_root(const char *fmt, ...)
{
	char *path;

	MAKE_PATH(path, fmt);
	return path;
}

/**
 * file_open() - open a file that must be a regular one
 * @path: its path; not changed by the root
 *
 * Pipes, which might never say anything, are not waited for.
 *
 * Return: a file descriptor, or a negative error number: -EINVAL for what is not a
 * regular file.
 */
int file_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0)
		return -errno;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	return -EINVAL;
}

/**
 * file_read() - read a file
 * @path: its path; not changed by the root
 * @most: how many bytes it may have
 * @bytes: receives them; holds nothing on failure
 *
 * Return: 0, or a negative error number: -EFBIG if there are more, -EINVAL for what is
 * not a regular file.
 */
int file_read(const char *path, size_t most, struct bytes *bytes)
{
	int fd = file_open(path), err = 0;
	size_t room = 0;
	ssize_t n;

	*bytes = (struct bytes){ NULL, 0 };
	if (fd < 0)
		return fd;
	do {
		if (bytes->size == room) {
			room = room ? 2 * room : 4096;
			bytes->data = realloc(bytes->data, room + 1);
			if (!bytes->data)
				exit(fail(STATUS_FINDING,
					  "memory: none is left; end other programs"));
		}
		n = read(fd, bytes->data + bytes->size, room - bytes->size);
		if (n > 0)
			bytes->size += n;
		else if (n < 0)
			err = -errno;
		if (bytes->size > most)
			err = -EFBIG;
	} while (n > 0 && !err);
	close(fd);
	if (err) {
		free(bytes->data);
		*bytes = (struct bytes){ NULL, 0 };
		return err;
	}
	bytes->data[bytes->size] = '\0';
	return 0;
}

/**
 * make_printable() - replace what a terminal might obey
 * @text: changed in place; other than printable ASCII becomes '?'
 */
void make_printable(char *text)
{
	for (; *text; text++)
		if (!isascii(*text) || !isprint(*text))
			*text = '?';
}

/**
 * file_line() - read the first line of a file of the system
 * @fmt: its path, as printf takes it
 *
 * Return: the line, printable, to be freed; NULL if the file cannot be read.
 */
char *file_line(const char *fmt, ...)
{
	struct bytes bytes;
	char *path, *line;
	int fd;
	ssize_t n;

	MAKE_PATH(path, fmt);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	free(path);
	if (fd < 0)
		return NULL;
	bytes.data = allocate(LINE_MOST + 1);
	n = read(fd, bytes.data, LINE_MOST);
	close(fd);
	if (n < 0) {
		free(bytes.data);
		return NULL;
	}
	line = (char *)bytes.data;
	line[strcspn(line, "\n")] = '\0';
	make_printable(line);
	return line;
}

/**
 * file_link_name() - the last part of where a symbolic link leads
 * @fmt: path of the link, as printf takes it
 *
 * Return: the name, printable, to be freed; NULL if there is no such link.
 */
char *file_link_name(const char *fmt, ...)
{
	char target[PATH_MAX], *path, *name;
	ssize_t n;

	MAKE_PATH(path, fmt);
	n = readlink(path, target, sizeof(target) - 1);
	free(path);
	if (n <= 0)
		return NULL;
	target[n] = '\0';
	name = strrchr(target, '/');
	name = copy_text(name ? name + 1 : target);
	make_printable(name);
	return name;
}

/**
 * file_real() - where a path leads when all links are followed
 * @fmt: the path, as printf takes it
 *
 * Return: the path as seen from the root, to be freed; NULL if it leads nowhere, or out
 * of the root.
 */
char *file_real(const char *fmt, ...)
{
	char *path, *real, *top, *found = NULL;

	MAKE_PATH(path, fmt);
	real = realpath(path, NULL);
	free(path);
	top = realpath(*root ? root : "/", NULL);
	if (real && top && !strcmp(top, "/"))
		found = copy_text(real);
	else if (real && top && is_below(real, top))
		found = copy_text(real + strlen(top));
	free(real);
	free(top);
	return found;
}

/**
 * file_exists() - whether there is something at a path
 * @fmt: the path, as printf takes it
 *
 * Return: whether there is.
 */
bool file_exists(const char *fmt, ...)
{
	struct stat st;
	char *path;
	int ret;

	MAKE_PATH(path, fmt);
	ret = stat(path, &st);
	free(path);
	return !ret;
}

static int compare_names(const void *a, const void *b)
{
	return strverscmp(*(char * const *)a, *(char * const *)b);
}

/**
 * file_names() - list a directory
 * @names: receives the names, none if the directory cannot be read
 * @fmt: path of the directory, as printf takes it
 */
void file_names(struct names *names, const char *fmt, ...)
{
	struct dirent *entry;
	char *path;
	DIR *dir;

	*names = (struct names){ NULL, 0 };
	MAKE_PATH(path, fmt);
	dir = opendir(path);
	free(path);
	if (!dir)
		return;
	while (names->count < NAMES_MOST && (entry = readdir(dir))) {
		if (*entry->d_name == '.')
			continue;
		names->name = grow(names->name, names->count, sizeof(*names->name));
		names->name[names->count++] = copy_text(entry->d_name);
	}
	closedir(dir);
	if (names->count)
		qsort(names->name, names->count, sizeof(*names->name), compare_names);
}

/**
 * names_free() - free what file_names() allocated
 * @names: the names
 */
void names_free(struct names *names)
{
	while (names->count)
		free(names->name[--names->count]);
	free(names->name);
	names->name = NULL;
}

/**
 * names_add() - put one more name behind the others
 * @names: the names
 * @name: copied, made printable
 */
void names_add(struct names *names, const char *name)
{
	names->name = grow(names->name, names->count, sizeof(*names->name));
	names->name[names->count] = copy_text(name);
	make_printable(names->name[names->count++]);
}

/**
 * is_below() - whether a path is a directory or below it
 * @path: the path
 * @directory: the directory, no slash behind it
 *
 * Return: whether it is.
 */
bool is_below(const char *path, const char *directory)
{
	size_t n = strlen(directory);

	return n && !strncmp(path, directory, n) && (!path[n] || path[n] == '/');
}

/**
 * release_version() - the version that a release is of
 * @release: as uname -r prints it
 *
 * Return: major * 1000 + minor; 0 for what is no release.
 */
int release_version(const char *release)
{
	int major = 0, minor = 0;

	if (strchr(release, '/') || sscanf(release, "%d.%d", &major, &minor) != 2 || major < 1 ||
	    major > 999 || minor < 0 || minor > 999)
		return 0;
	return 1000 * major + minor;
}

/**
 * running_release() - the release of the kernel that runs
 *
 * Return: as uname -r prints it, to be freed.
 */
char *running_release(void)
{
	char *release = file_line("/proc/sys/kernel/osrelease");
	struct utsname names;

	if (release && release_version(release))
		return release;
	free(release);
	uname(&names);
	return copy_text(names.release);
}
