// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the bench needs inside of the guest's kernel: stamps where nothing in
 * userspace can take one. Its face is /sys/kernel/debug/dtslot-bench/.
 */
#include <linux/cpumask.h>
#include <linux/debugfs.h>
#include <linux/module.h>

#include "bench.h"

static struct dentry *dir;

static int __init bench_init(void)
{
	int ret;

	/* What is under way is kept per task, not per CPU. */
	if (num_online_cpus() != 1) {
		pr_err("dtslot-bench: for one CPU only\n");
		return -EINVAL;
	}
	dir = debugfs_create_dir("dtslot-bench", NULL);
	ret = bench_registers_init(dir);
	if (ret)
		goto err_dir;
	ret = bench_cost_init(dir);
	if (ret)
		goto err_registers;
	ret = bench_interrupts_init(dir);
	if (ret)
		goto err_cost;
	bench_overlay_init(dir);
	return 0;

err_cost:
	bench_cost_exit();
err_registers:
	bench_registers_exit();
err_dir:
	debugfs_remove(dir);
	return ret;
}
module_init(bench_init);

static void __exit bench_exit(void)
{
	debugfs_remove(dir);
	bench_interrupts_exit();
	bench_cost_exit();
	bench_registers_exit();
}
module_exit(bench_exit);

MODULE_DESCRIPTION("Stamps for dtslot's bench");
MODULE_LICENSE("GPL");
