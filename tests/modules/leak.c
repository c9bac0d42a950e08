// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each number that is written to the parameter "bytes" is the size of an object that nothing
 * frees, and that nothing points to: what a driver's leak looks like to the slab caches.
 */
#include <linux/compiler.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>

static int set_bytes(const char *text, const struct kernel_param *param)
{
	unsigned int bytes;
	void *object;
	int ret = kstrtouint(text, 0, &bytes);

	if (ret)
		return ret;
	object = kmalloc(bytes, GFP_KERNEL);
	if (!object)
		return -ENOMEM;
	barrier_data(object);
	return 0;
}

static const struct kernel_param_ops bytes_ops = {
	.set = set_bytes,
};

module_param_cb(bytes, &bytes_ops, NULL, 0200);
MODULE_PARM_DESC(bytes, "leave an object of so many bytes behind");

MODULE_DESCRIPTION("Leaks as much memory as it is told to");
MODULE_LICENSE("GPL");
