// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finder 3: slots that root makes in configfs, for hardware that a program knows
 * to be there.
 *
 *	mkdir /sys/kernel/config/dtslot/<name>
 *	echo <path of a node> > target; cat x.dtbo > blob; echo 1 > attach
 *
 * What the overlay may refer to outside is what "exports" says, a label and the path
 * of its node in each line.
 */
#include <linux/configfs.h>
#include <linux/ctype.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../compat.h"
#include "../dtslot.h"
#include "../overlay/overlay.h"

#define MAX_NAME	32	/* characters of a slot's name */
#define MAX_PATH	512	/* and of its target's path */
#define MAX_LABEL	64	/* of an exported label */
#define MAX_EXPORTS	16	/* how many there are */

/**
 * struct blob - an overlay as userspace wrote it
 * @users: who holds it: its slot's directory, and the slot while it is prepared
 * @size: bytes at @data
 * @data: the overlay, untrusted
 */
struct blob {
	refcount_t users;
	size_t size;
	u8 data[];
};

/**
 * struct names - what a slot exports, as userspace wrote it
 * @count: how many
 * @label: their labels
 * @path: and the paths of their nodes
 */
struct names {
	unsigned int count;
	char label[MAX_EXPORTS][MAX_LABEL];
	char path[MAX_EXPORTS][MAX_PATH];
};

/**
 * struct manual - a slot and its directory
 * @item: the directory
 * @pdev: parent of the slot and of the devices that have no other
 * @slot: the slot
 * @lock: guards what is written in the directory: @target, @names, @blob, @refused
 * @target: path of the target; empty if none was written
 * @names: what the next attach exports, may be NULL
 * @blob: what the next attach takes, may be NULL
 * @refused: why the last write into the directory was refused
 * @np: the target while the slot is prepared; reference held
 * @used: the blob while the slot is prepared; held
 * @used_names: the exported labels while the slot is prepared
 * @exports: their nodes while the slot is prepared; references held
 */
struct manual {
	struct config_item item;
	struct platform_device *pdev;
	struct dtslot *slot;
	struct mutex lock;	/* guards target, names, blob, refused */
	char target[MAX_PATH];
	struct names *names;
	struct blob *blob;
	struct dtslot_text refused;
	struct device_node *np;
	struct blob *used;
	struct names *used_names;
	struct dtslot_export exports[MAX_EXPORTS + 1];
};

static struct configfs_subsystem subsystem;

static struct manual *to_manual(struct config_item *item)
{
	return container_of(item, struct manual, item);
}

static void blob_put(struct blob *blob)
{
	if (blob && refcount_dec_and_test(&blob->users))
		kvfree(blob);
}

/* Whether a node is one in which the host describes itself, or below one. */
static bool is_bookkeeping(struct device_node *np)
{
	while (np->parent && np->parent->parent)
		np = np->parent;
	return np->parent && dtslot_is_bookkeeping(kbasename(np->full_name));
}

/* Buses whose nodes become platform devices, at boot as here. */
static bool is_platform_bus(const struct device_node *np)
{
	static const struct of_device_id buses[] = {
		{ .compatible = "simple-bus" },
		{ .compatible = "simple-mfd" },
		{ .compatible = "isa" },
		{ }
	};

	return of_node_is_root(np) || of_match_node(buses, np);
}

static int check_target(struct device_node *np, struct dtslot_text *text)
{
	if (of_node_check_flag(np, OF_DETACHED))
		return dtslot_fail(text, -ENODEV, "node %pOF is going away", np);
	if (is_bookkeeping(np))
		return dtslot_fail(text, -EPERM,
				   "nothing can be added below %pOF: the host describes itself there",
				   np);
	return 0;
}

static void put_exports(struct manual *m)
{
	struct dtslot_export *e;

	for (e = m->exports; e->label; e++)
		of_node_put(e->np);
	memset(m->exports, 0, sizeof(m->exports));
	kfree(m->used_names);
	m->used_names = NULL;
}

/* Find the nodes that @used_names names. */
static int get_exports(struct manual *m, struct dtslot_text *text)
{
	const struct names *names = m->used_names;
	unsigned int i;
	int ret = 0;

	for (i = 0; names && i < names->count && !ret; i++) {
		struct device_node *np = of_find_node_by_path(names->path[i]);

		if (!np) {
			ret = dtslot_fail(text, -ENODEV,
					  "exports: the live tree has no node %.128s",
					  names->path[i]);
			break;
		}
		m->exports[i] = (struct dtslot_export){ .label = names->label[i], .np = np };
		ret = check_target(np, text);
		if (!ret && !np->phandle)
			ret = dtslot_fail(text, -EINVAL,
					  "exports: %pOF has no phandle, so nothing can refer to it",
					  np);
	}
	if (ret)
		put_exports(m);
	return ret;
}

/* What the next attach takes, so that the directory may be written meanwhile. */
static int take_written(struct manual *m, struct dtslot_text *text)
{
	guard(mutex)(&m->lock);
	m->refused.s[0] = '\0';
	if (!m->target[0])
		return dtslot_fail(text, -EINVAL,
				   "no target: write the path of a node into 'target'");
	if (m->names) {
		m->used_names = kmemdup(m->names, sizeof(*m->names), GFP_KERNEL);
		if (!m->used_names)
			return dtslot_fail(text, -ENOMEM, "no memory for exports");
	}
	m->np = of_find_node_by_path(m->target);
	if (!m->np) {
		put_exports(m);
		return dtslot_fail(text, -ENODEV, "the live tree has no node %.128s", m->target);
	}
	m->used = m->blob;
	if (m->used)
		refcount_inc(&m->used->users);
	return 0;
}

static void put_taken(struct manual *m)
{
	blob_put(m->used);
	of_node_put(m->np);
	put_exports(m);
}

static int manual_prepare(void *priv, struct dtslot_site *site, struct dtslot_text *text)
{
	struct manual *m = priv;
	int ret;

	ret = take_written(m, text);
	if (ret)
		return ret;
	ret = check_target(m->np, text) ?: get_exports(m, text);
	if (ret)
		goto err_put;
	/* As long as it is prepared, its directory stays. */
	ret = configfs_depend_item_unlocked(&subsystem, &m->item);
	if (ret) {
		dtslot_fail(text, ret, "the slot's directory is going away");
		goto err_put;
	}
	site->target = m->np;
	site->exports = m->exports;
	site->bus_driver = !is_platform_bus(m->np);
	return 0;

err_put:
	put_taken(m);
	return ret;
}

static void manual_unprepare(void *priv)
{
	struct manual *m = priv;

	put_taken(m);
	configfs_undepend_item(&m->item);
}

static int manual_identify(void *priv, struct dtslot_source *source, struct dtslot_text *text)
{
	struct manual *m = priv;

	if (!m->used)
		return dtslot_fail(text, -ENODATA, "no overlay: write one into 'blob'");
	strscpy(source->model, config_item_name(&m->item), sizeof(source->model));
	source->data = m->used->data;
	source->size = m->used->size;
	source->data_name = "blob";
	source->from_outside = true;
	return 0;
}

static const struct dtslot_ops manual_ops = {
	.prepare = manual_prepare,
	.unprepare = manual_unprepare,
	.identify = manual_identify,
};

static ssize_t manual_target_show(struct config_item *item, char *page)
{
	struct manual *m = to_manual(item);

	guard(mutex)(&m->lock);
	return sysfs_emit(page, m->target[0] ? "%s\n" : "", m->target);
}

static ssize_t manual_target_store(struct config_item *item, const char *page, size_t count)
{
	struct manual *m = to_manual(item);
	size_t len = count;

	if (len && page[len - 1] == '\n')
		len--;
	guard(mutex)(&m->lock);
	if (len >= sizeof(m->target))
		return dtslot_fail(&m->refused, -ENAMETOOLONG,
				   "target: %zu characters, more than the %zu that are accepted",
				   len, sizeof(m->target) - 1);
	/* A colon would begin options. */
	if (!len || page[0] != '/' || strnlen(page, len) != len || memchr(page, ':', len))
		return dtslot_fail(&m->refused, -EINVAL,
				   "target: not the full path of a node, as /soc/i2c@1000");
	memcpy(m->target, page, len);
	m->target[len] = '\0';
	m->refused.s[0] = '\0';
	return count;
}

/* A line without what is around its words; NULL at the end. */
static char *next_line(char **text)
{
	char *line;

	do {
		line = strsep(text, "\n");
		if (line)
			line = strim(line);
	} while (line && !*line);
	return line;
}

#define LABEL_CHARACTERS	"0123456789_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

static bool label_ok(const char *label)
{
	return *label && !isdigit(*label) && strlen(label) < MAX_LABEL &&
	       label[strspn(label, LABEL_CHARACTERS)] == '\0';
}

static bool has_label(const struct names *names, const char *label)
{
	unsigned int i;

	for (i = 0; i < names->count; i++)
		if (!strcmp(names->label[i], label))
			return true;
	return false;
}

static int add_export(struct names *names, char *line, struct dtslot_text *text)
{
	char *label = strsep(&line, " \t");
	char *path = line ? skip_spaces(line) : "";

	if (!label_ok(label))
		return dtslot_fail(text, -EINVAL, "exports: '%.80s' is no label", label);
	if (*path != '/' || strchr(path, ':'))
		return dtslot_fail(text, -EINVAL,
				   "exports: label '%s' needs the full path of a node behind it, as /soc/i2c@1000",
				   label);
	if (strlen(path) >= MAX_PATH)
		return dtslot_fail(text, -ENAMETOOLONG,
				   "exports: the path of label '%s' has more than %d characters",
				   label, MAX_PATH - 1);
	if (has_label(names, label))
		return dtslot_fail(text, -EINVAL, "exports: label '%s' is there twice", label);
	if (names->count == MAX_EXPORTS)
		return dtslot_fail(text, -E2BIG, "exports: more than the %d that are accepted",
				   MAX_EXPORTS);
	strscpy(names->label[names->count], label, MAX_LABEL);
	strscpy(names->path[names->count++], path, MAX_PATH);
	return 0;
}

static ssize_t manual_exports_show(struct config_item *item, char *page)
{
	struct manual *m = to_manual(item);
	unsigned int i;
	int n = 0;

	guard(mutex)(&m->lock);
	for (i = 0; m->names && i < m->names->count; i++)
		n += sysfs_emit_at(page, n, "%s %s\n", m->names->label[i], m->names->path[i]);
	return n;
}

/* All that was written takes the place of what was there, or nothing of it does. */
static ssize_t manual_exports_store(struct config_item *item, const char *page, size_t count)
{
	struct manual *m = to_manual(item);
	char *copy, *cursor, *line;
	struct names *names;
	int ret = 0;

	copy = kmemdup_nul(page, count, GFP_KERNEL);
	names = kzalloc_obj(*names);
	if (!copy || !names) {
		kfree(names);
		kfree(copy);
		return -ENOMEM;
	}
	guard(mutex)(&m->lock);
	cursor = copy;
	while (!ret && (line = next_line(&cursor)))
		ret = add_export(names, line, &m->refused);
	kfree(copy);
	if (ret) {
		kfree(names);
		return ret;
	}
	kfree(m->names);
	m->names = names;
	m->refused.s[0] = '\0';
	return count;
}

static ssize_t manual_error_show(struct config_item *item, char *page)
{
	struct manual *m = to_manual(item);
	struct dtslot_text text;

	scoped_guard(mutex, &m->lock)
		text = m->refused;
	if (!text.s[0])
		dtslot_error(m->slot, &text);
	return sysfs_emit(page, text.s[0] ? "%s\n" : "", text.s);
}

static ssize_t trigger(struct config_item *item, const char *page, size_t count,
		       int (*fn)(struct dtslot *slot))
{
	struct manual *m = to_manual(item);
	int ret;

	if (!sysfs_streq(page, "1"))
		return -EINVAL;
	scoped_guard(mutex, &m->lock)
		m->refused.s[0] = '\0';
	ret = fn(m->slot);
	return ret ? ret : count;
}

static ssize_t manual_attach_store(struct config_item *item, const char *page, size_t count)
{
	return trigger(item, page, count, dtslot_attach);
}

static ssize_t manual_detach_store(struct config_item *item, const char *page, size_t count)
{
	return trigger(item, page, count, dtslot_detach);
}

static ssize_t manual_blob_read(struct config_item *item, void *buf, size_t size)
{
	struct manual *m = to_manual(item);

	guard(mutex)(&m->lock);
	if (!m->blob)
		return 0;
	if (buf)
		memcpy(buf, m->blob->data, min(size, m->blob->size));
	return m->blob->size;
}

/*
 * Called with all that was written, when the file is closed: nobody sees an error.
 * So what is wrong with a blob is said at attach. What is attached stays as it is.
 */
static ssize_t manual_blob_write(struct config_item *item, const void *data, size_t size)
{
	struct manual *m = to_manual(item);
	struct blob *blob;

	guard(mutex)(&m->lock);
	blob_put(m->blob);
	m->blob = NULL;
	blob = kvmalloc(struct_size(blob, data, size), GFP_KERNEL);
	if (!blob)
		return dtslot_fail(&m->refused, -ENOMEM, "blob: no memory for its %zu bytes", size);
	refcount_set(&blob->users, 1);
	blob->size = size;
	memcpy(blob->data, data, size);
	m->blob = blob;
	m->refused.s[0] = '\0';
	return size;
}

CONFIGFS_ATTR(manual_, target);
CONFIGFS_ATTR(manual_, exports);
CONFIGFS_ATTR_RO(manual_, error);
CONFIGFS_ATTR_WO(manual_, attach);
CONFIGFS_ATTR_WO(manual_, detach);
CONFIGFS_BIN_ATTR(manual_, blob, NULL, DTSLOT_BLOB_MAX_SIZE);

static struct configfs_attribute *manual_attrs[] = {
	&manual_attr_target,
	&manual_attr_exports,
	&manual_attr_error,
	&manual_attr_attach,
	&manual_attr_detach,
	NULL
};

static struct configfs_bin_attribute *manual_bin_attrs[] = {
	&manual_attr_blob,
	NULL
};

static void manual_release(struct config_item *item)
{
	struct manual *m = to_manual(item);

	platform_device_unregister(m->pdev);
	blob_put(m->blob);
	kfree(m->names);
	mutex_destroy(&m->lock);
	kfree(m);
}

static struct configfs_item_operations manual_item_ops = {
	.release = manual_release,
};

static const struct config_item_type manual_type = {
	.ct_owner = THIS_MODULE,
	.ct_item_ops = &manual_item_ops,
	.ct_attrs = manual_attrs,
	.ct_bin_attrs = manual_bin_attrs,
};

#define NAME_CHARACTERS	"0123456789-_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* The name becomes part of names in sysfs. */
static bool name_ok(const char *name)
{
	size_t n = strlen(name);

	return n <= MAX_NAME && isalnum(name[0]) &&
	       strspn(name, NAME_CHARACTERS) == n;
}

static struct config_item *make_manual(struct config_group *group, const char *name)
{
	char full[sizeof("dtslot-manual:") + MAX_NAME];
	struct manual *m;
	int ret;

	if (!name_ok(name)) {
		pr_err("dtslot-manual: '%.64s' is no name for a slot: up to %d letters, digits, '-' and '_', the first a letter or digit\n",
		       name, MAX_NAME);
		return ERR_PTR(-EINVAL);
	}
	m = kzalloc_obj(*m);
	if (!m)
		return ERR_PTR(-ENOMEM);
	mutex_init(&m->lock);
	scnprintf(full, sizeof(full), "dtslot-manual:%s", name);
	m->pdev = platform_device_register_simple(full, PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(m->pdev)) {
		ret = PTR_ERR(m->pdev);
		goto err_free;
	}
	/* Attaches only once the directory is there: configfs_depend_item() sees to that. */
	config_item_init_type_name(&m->item, name, &manual_type);
	m->slot = dtslot_create(&m->pdev->dev, full + strlen("dtslot-"), &manual_ops, m);
	if (IS_ERR(m->slot)) {
		ret = PTR_ERR(m->slot);
		config_item_put(&m->item);
		return ERR_PTR(ret);
	}
	return &m->item;

err_free:
	mutex_destroy(&m->lock);
	kfree(m);
	return ERR_PTR(ret);
}

/* rmdir: the slot is empty, as an attached one has its directory pinned. */
static void drop_manual(struct config_group *group, struct config_item *item)
{
	dtslot_destroy(to_manual(item)->slot);
	config_item_put(item);
}

static struct configfs_group_operations group_ops = {
	.make_item = make_manual,
	.drop_item = drop_manual,
};

static const struct config_item_type group_type = {
	.ct_owner = THIS_MODULE,
	.ct_group_ops = &group_ops,
};

static struct configfs_subsystem subsystem = {
	.su_group = {
		.cg_item = {
			.ci_namebuf = "dtslot",
			.ci_type = &group_type,
		},
	},
	.su_mutex = __MUTEX_INITIALIZER(subsystem.su_mutex),
};

static int __init manual_init(void)
{
	config_group_init(&subsystem.su_group);
	return configfs_register_subsystem(&subsystem);
}
module_init(manual_init);

static void __exit manual_exit(void)
{
	configfs_unregister_subsystem(&subsystem);
}
module_exit(manual_exit);

MODULE_SOFTDEP("pre: dtslot-mtd");
MODULE_AUTHOR("The dtslot developers");
MODULE_DESCRIPTION("Slots in the device tree that userspace fills");
MODULE_LICENSE("GPL");
