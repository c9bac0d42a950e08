// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a register access costs a driver that is bound to a device of an
 * overlay, and what it costs whoever maps the BAR.
 */
#include <linux/debugfs.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>

#include "bench.h"

#define READS	1000
#define CHIP_ID	0x4000		/* GCB:CHIP_ID, BAR 0 */

static void __iomem *bound;	/* the register, as the driver below has it */

static int registers_probe(struct platform_device *pdev)
{
	void __iomem *regs = devm_platform_ioremap_resource(pdev, 0);

	if (IS_ERR(regs))
		return PTR_ERR(regs);
	bound = regs;
	return 0;
}

static void registers_remove(struct platform_device *pdev)
{
	bound = NULL;
}

static const struct of_device_id registers_of_match[] = {
	{ .compatible = "dtslot,bench-registers" },
	{ }
};

static struct platform_driver registers_driver = {
	.probe = registers_probe,
	.remove = registers_remove,
	.driver = {
		.name = "dtslot-bench-registers",
		.of_match_table = registers_of_match,
		.suppress_bind_attrs = true,
	},
};

static noinline u64 time_reads(void __iomem *reg, u32 *value)
{
	u64 start = bench_stamp();
	int i;

	for (i = 0; i < READS; i++)
		*value = readl(reg);
	return bench_stamp() - start;
}

/* "registers": nanoseconds of 1000 reads, and the value; bound, then plain. */
static int registers_show(struct seq_file *file, void *unused)
{
	struct pci_dev *pdev = bench_card();
	void __iomem *plain = pdev ? pci_iomap(pdev, BENCH_BAR_SWITCH, 0) : NULL;
	int ret = -ENODEV;
	u32 value;
	u64 took;

	if (bound && plain) {
		took = time_reads(bound, &value);
		seq_printf(file, "%llu 0x%08x\n", took, value);
		took = time_reads(plain + CHIP_ID, &value);
		seq_printf(file, "%llu 0x%08x\n", took, value);
		ret = 0;
	}
	if (plain)
		pci_iounmap(pdev, plain);
	pci_dev_put(pdev);
	return ret;
}
DEFINE_SHOW_ATTRIBUTE(registers);

int bench_registers_init(struct dentry *dir)
{
	debugfs_create_file("registers", 0400, dir, NULL, &registers_fops);
	return platform_driver_register(&registers_driver);
}

void bench_registers_exit(void)
{
	platform_driver_unregister(&registers_driver);
}
