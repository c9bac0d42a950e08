// SPDX-License-Identifier: GPL-2.0-only
/*
 * The list of overlays that slots take, if root has set one: module parameter
 * "trusted", the name of a file below /lib/firmware as sha256sum(1) writes it.
 *
 * It is read once and cannot be changed until the module is loaded again. An
 * overlay that is part of a module is as good as the module, and not looked up.
 */
#include <crypto/sha2.h>
#include <linux/bsearch.h>
#include <linux/firmware.h>
#include <linux/hex.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "../compat.h"
#include "slot.h"

struct digest {
	u8 bytes[SHA256_DIGEST_SIZE];
};

/**
 * struct list - what is trusted
 * @file: where it came from
 * @count: entries at @digests
 * @digests: sorted
 */
struct list {
	char *file;
	size_t count;
	struct digest digests[] __counted_by(count);
};

static struct list *trusted;	/* set once */
static DEFINE_MUTEX(trusted_lock);

static int compare_digests(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct digest));
}

/* One line of sha256sum(1): a digest and, after white space, a name. */
static bool parse_line(const char *line, size_t len, struct digest *digest)
{
	return len >= 2 * SHA256_DIGEST_SIZE &&
	       !hex2bin(digest->bytes, line, SHA256_DIGEST_SIZE) &&
	       (len == 2 * SHA256_DIGEST_SIZE || line[2 * SHA256_DIGEST_SIZE] == ' ');
}

static struct list *parse(const char *text, size_t size, const char *file)
{
	struct list *list;
	size_t at, len, lines = 1, number = 0;

	for (at = 0; at < size; at++)
		lines += text[at] == '\n';
	list = kvzalloc(struct_size(list, digests, lines), GFP_KERNEL);
	if (!list)
		return ERR_PTR(-ENOMEM);
	list->count = lines;
	lines = 0;
	for (at = 0; at < size; at += len + 1) {
		const char *end = memchr(text + at, '\n', size - at);

		len = (end ? end : text + size) - (text + at);
		number++;
		if (!len || text[at] == '#')
			continue;
		if (!parse_line(text + at, len, &list->digests[lines])) {
			pr_err("dtslot: trusted: line %zu of /lib/firmware/%s is not as sha256sum writes it\n",
			       number, file);
			kvfree(list);
			return ERR_PTR(-EINVAL);
		}
		lines++;
	}
	list->count = lines;
	sort(list->digests, lines, sizeof(*list->digests), compare_digests, NULL);
	return list;
}

static struct list *load(const char *file)
{
	const struct firmware *firmware;
	struct list *list;
	int ret;

	ret = request_firmware_direct(&firmware, file, NULL);
	if (ret) {
		pr_err("dtslot: trusted: cannot read /lib/firmware/%s (error %d)\n", file, ret);
		return ERR_PTR(ret);
	}
	list = parse(firmware->data, firmware->size, file);
	release_firmware(firmware);
	if (IS_ERR(list))
		return list;
	list->file = kstrdup(file, GFP_KERNEL);
	if (!list->file) {
		kvfree(list);
		return ERR_PTR(-ENOMEM);
	}
	return list;
}

static int trusted_set(const char *value, const struct kernel_param *kp)
{
	char *file __free(kfree) = kstrdup(value, GFP_KERNEL);
	struct list *list;

	if (!file)
		return -ENOMEM;
	guard(mutex)(&trusted_lock);
	if (trusted) {
		pr_err("dtslot: trusted: /lib/firmware/%s stands until the module is loaded again\n",
		       trusted->file);
		return -EPERM;
	}
	list = load(strim(file));
	if (IS_ERR(list))
		return PTR_ERR(list);
	pr_info("dtslot: slots take only the %zu overlays that /lib/firmware/%s lists\n",
		list->count, list->file);
	trusted = list;
	return 0;
}

static int trusted_get(char *buffer, const struct kernel_param *kp)
{
	guard(mutex)(&trusted_lock);
	return sysfs_emit(buffer, "%s\n", trusted ? trusted->file : "");
}

static void trusted_free(void *arg)
{
	if (trusted)
		kfree(trusted->file);
	kvfree(trusted);
}

static const struct kernel_param_ops trusted_ops = {
	.set = trusted_set,
	.get = trusted_get,
	.free = trusted_free,
};
module_param_cb(trusted, &trusted_ops, NULL, 0600);
MODULE_PARM_DESC(trusted, "file below /lib/firmware with the SHA-256 of each overlay that slots may take");

/**
 * dtslot_has_trusted_list() - whether root has set a list of overlays
 *
 * Return: whether slots take only what it lists. It stands then.
 */
bool dtslot_has_trusted_list(void)
{
	guard(mutex)(&trusted_lock);
	return trusted;
}
EXPORT_SYMBOL_GPL(dtslot_has_trusted_list);

/**
 * dtslot_trusted_check() - whether an overlay may be taken
 * @data: the overlay, all of its file
 * @size: bytes at @data
 * @text: receives the message on failure
 *
 * Context: may sleep.
 * Return: 0 if it is listed or there is no list, -EACCES if not.
 */
int dtslot_trusted_check(const void *data, size_t size, struct dtslot_text *text)
{
	struct digest digest;

	guard(mutex)(&trusted_lock);
	if (!trusted)
		return 0;
	sha256(data, size, digest.bytes);
	if (bsearch(&digest, trusted->digests, trusted->count, sizeof(digest), compare_digests))
		return 0;
	return dtslot_fail(text, -EACCES,
			   "the overlay's SHA-256 is %*phN, which /lib/firmware/%s does not list",
			   SHA256_DIGEST_SIZE, digest.bytes, trusted->file);
}
