// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's own way to apply an overlay, of_overlay_fdt_apply(), on the file
 * that a slot would take. The card has to be without a driver.
 */
#include <linux/debugfs.h>
#include <linux/firmware.h>
#include <linux/of.h>

#include "bench.h"

#define FILE_NAME	"dtslot/pci-1055-9660-1055-9660.dtbo"

static int run_overlay(struct seq_file *file, struct pci_dev *pdev)
{
	const struct firmware *firmware;
	u64 start, applied;
	int id = 0, ret;

	ret = request_firmware_direct(&firmware, FILE_NAME, NULL);
	if (ret)
		return ret;
	start = bench_stamp();
	ret = of_overlay_fdt_apply(firmware->data, firmware->size, &id, pdev->dev.of_node);
	applied = bench_stamp();
	if (!ret) {
		ret = of_overlay_remove(&id);
		seq_printf(file, "%llu %llu\n", applied - start, bench_stamp() - applied);
	}
	release_firmware(firmware);
	return ret;
}

/* "overlay": nanoseconds to apply it, nanoseconds to remove it. */
static int overlay_show(struct seq_file *file, void *unused)
{
	struct pci_dev *pdev = bench_card();
	int ret = -ENODEV;

	if (pdev && pdev->dev.of_node)
		ret = pdev->dev.driver ? -EBUSY : run_overlay(file, pdev);
	pci_dev_put(pdev);
	return ret;
}
DEFINE_SHOW_ATTRIBUTE(overlay);

void bench_overlay_init(struct dentry *dir)
{
	debugfs_create_file("overlay", 0400, dir, NULL, &overlay_fops);
}
