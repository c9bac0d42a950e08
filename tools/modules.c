// SPDX-License-Identifier: GPL-2.0-or-later
/* Which module of a kernel serves an alias: libkmod's indexes, and what is built in. */
#include <errno.h>
#include <fnmatch.h>
#include <libkmod.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dtslot.h"

#define BUILTIN_MOST	(16U << 20)	/* bytes of modules.builtin.modinfo */

/**
 * struct modules - the modules of one kernel
 * @kmod: libkmod's context; NULL if that kernel has no modules here
 * @builtin: strings "module.alias=pattern", each with its NUL
 */
struct modules {
	struct kmod_ctx *kmod;
	struct bytes builtin;
};

static void be_quiet(void *data, int priority, const char *file, int line, const char *fn,
		     const char *format, va_list args)
{
}

/* libkmod would wait for a pipe. */
static bool are_files(const char *directory)
{
	static const char * const indexes[] = { "alias", "builtin", "builtin.alias", "dep",
					       "symbols" };
	bool all = true;
	size_t i;
	char *path;
	int fd;

	for (i = 0; i < ARRAY_SIZE(indexes) && all; i++) {
		path = format("%s/modules.%s.bin", directory, indexes[i]);
		fd = file_open(path);
		free(path);
		all = fd >= 0 || fd == -ENOENT;
		if (fd >= 0)
			close(fd);
	}
	return all;
}

/**
 * modules_open() - look at the modules of a kernel
 * @release: of the kernel, as uname -r prints it
 *
 * Return: what module_for() takes, never NULL.
 */
struct modules *modules_open(const char *release)
{
	static const char * const no_config[] = { NULL };
	struct modules *modules = allocate(sizeof(*modules));
	char *directory = at_root("/lib/modules/%s", release);
	char *path = format("%s/modules.builtin.modinfo", directory);

	if (are_files(directory))
		modules->kmod = kmod_new(directory, no_config);
	if (modules->kmod) {
		kmod_set_log_fn(modules->kmod, be_quiet, NULL);
		kmod_load_resources(modules->kmod);
	}
	file_read(path, BUILTIN_MOST, &modules->builtin);
	free(path);
	free(directory);
	return modules;
}

/**
 * modules_close() - free what modules_open() allocated
 * @modules: from there
 */
void modules_close(struct modules *modules)
{
	kmod_unref(modules->kmod);
	free(modules->builtin.data);
	free(modules);
}

static char *find_builtin(const struct modules *modules, const char *alias)
{
	const char *s = (const char *)modules->builtin.data, *end = s + modules->builtin.size;
	const char *dot, *pattern;

	for (; s && s < end; s += strlen(s) + 1) {
		dot = strstr(s, ".alias=");
		/* Most are of other buses, which is seen at once. */
		pattern = dot ? dot + strlen(".alias=") : "";
		if (*pattern == *alias && !fnmatch(pattern, alias, 0))
			return format("%.*s", (int)(dot - s), s);
	}
	return NULL;
}

/**
 * module_for() - find the module for an alias
 * @modules: from modules_open()
 * @alias: what a device is called for that, "of:NnameTCcompatible" for one of a node
 * @builtin: set to whether the module is part of the kernel
 *
 * Return: name of the module, printable, to be freed; NULL if there is none.
 */
char *module_for(struct modules *modules, const char *alias, bool *builtin)
{
	struct kmod_list *list = NULL;
	struct kmod_module *module;
	char *name;

	*builtin = true;
	name = find_builtin(modules, alias);
	if (!name && modules->kmod && !kmod_module_new_from_lookup(modules->kmod, alias, &list) &&
	    list) {
		module = kmod_module_get_module(list);
		name = copy_text(kmod_module_get_name(module));
		kmod_module_unref(module);
		*builtin = false;
	}
	kmod_module_unref_list(list);
	if (name)
		make_printable(name);
	return name;
}

/**
 * module_of_compatible() - find the module for a node
 * @modules: from modules_open()
 * @compatible: what the node is compatible with, most specific first
 * @builtin: set to whether the module is part of the kernel
 *
 * Return: name of the module, printable, to be freed; NULL if there is none.
 */
char *module_of_compatible(struct modules *modules, const struct names *compatible,
			   bool *builtin)
{
	char *name = NULL, *alias;
	size_t i;

	for (i = 0; i < compatible->count && !name; i++) {
		alias = format("of:NnodeTnoneC%s", compatible->name[i]);
		name = module_for(modules, alias, builtin);
		free(alias);
	}
	return name;
}
