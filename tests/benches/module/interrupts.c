// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long an interrupt of the card takes to a handler. The guest raises it
 * itself, by a store to a register, so that the stamp before it is exact.
 *
 * Offsets: GPIO and OIC as mainline's pinctrl-ocelot.c, lan966x.dtsi and
 * irq-lan966x-oic.c have them; FORCE of the OIC as qemu-device/soc/oic.c has it.
 */
#include <linux/debugfs.h>
#include <linux/gpio/consumer.h>
#include <linux/gpio/driver.h>
#include <linux/interrupt.h>
#include <linux/irqdesc.h>
#include <linux/of.h>
#include <linux/of_irq.h>

#include "bench.h"

#define SAMPLES		100
#define LINE		41		/* a GPIO that nothing drives and nobody uses */
#define PAD		(0x10024 + 4 * LINE)
#define PAD_PULL_UP	BIT(2)
#define OIC		0xc0120
#define OIC_FORCE	(OIC + 0x24)
#define OIC_ENABLE	(OIC + 0x48)
#define OIC_MAP		(OIC + 0x78)
#define SOURCE		BIT(20)		/* of the OIC; no block has it */

/**
 * struct sample - one interrupt
 * @handled: when the handler began; 0 as long as it has not
 * @regs: where plain_handler() takes its interrupt back
 */
struct sample {
	u64 handled;
	void __iomem *regs;
};

static irqreturn_t consumer_handler(int irq, void *data)
{
	struct sample *s = data;

	WRITE_ONCE(s->handled, bench_stamp());
	return IRQ_HANDLED;
}

static irqreturn_t plain_handler(int irq, void *data)
{
	struct sample *s = data;

	if (READ_ONCE(s->handled))
		return IRQ_NONE;
	WRITE_ONCE(s->handled, bench_stamp());
	writel(0, s->regs + OIC_FORCE);
	return IRQ_HANDLED;
}

/* Returns how long it took, or 0 if the handler did not run in a second. */
static u64 wait_handled(const struct sample *s, u64 start)
{
	while (!READ_ONCE(s->handled))
		if (bench_stamp() - start > NSEC_PER_SEC)
			return 0;
	return s->handled - start;
}

/* Each change of the pull-up changes the level of the line, and that raises. */
static u64 raise_line(struct sample *s, void __iomem *pad)
{
	u32 value = readl(pad) ^ PAD_PULL_UP;
	u64 start;

	s->handled = 0;
	start = bench_stamp();
	writel(value, pad);
	return wait_handled(s, start);
}

/*
 * The part of the SoC's drivers: the controller's handler is called as the PCI
 * driver's would, with the line raised and the CPU not listening.
 */
static u64 handle_line(struct sample *s, void __iomem *pad, unsigned int controller)
{
	u64 start;

	s->handled = 0;
	local_irq_disable();
	writel(readl(pad) ^ PAD_PULL_UP, pad);
	start = bench_stamp();
	generic_handle_irq(controller);
	local_irq_enable();
	return wait_handled(s, start);
}

/* The interrupt of the SoC's controller in the card's domain; 0 for none. */
static unsigned int controller_irq(void)
{
	struct device_node *np;
	unsigned int irq;

	np = of_find_compatible_node(NULL, NULL, "microchip,lan966x-oic");
	irq = irq_of_parse_and_map(np, 0);
	of_node_put(np);
	return irq;
}

static int run_consumer(struct seq_file *file, struct gpio_device *chip, void __iomem *regs,
			bool whole)
{
	struct gpio_desc *desc = gpio_device_get_desc(chip, LINE);
	unsigned int controller = controller_irq();
	struct sample s = { .handled = 1 };
	int irq, i, ret;

	if (IS_ERR(desc) || !controller)
		return -ENODEV;
	irq = gpiod_to_irq(desc);
	if (irq < 0)
		return irq;
	ret = request_irq(irq, consumer_handler, IRQF_TRIGGER_RISING | IRQF_TRIGGER_FALLING,
			  "dtslot-bench", &s);
	if (ret)
		return ret;
	for (i = 0; i < SAMPLES; i++)
		seq_printf(file, "%llu\n", whole ? raise_line(&s, regs + PAD) :
						   handle_line(&s, regs + PAD, controller));
	free_irq(irq, &s);
	return 0;
}

static int show_consumer(struct seq_file *file, bool whole)
{
	struct gpio_device *chip = gpio_device_find_by_label("ocelot-gpio");
	struct pci_dev *pdev = bench_card();
	void __iomem *regs = pdev ? pci_iomap(pdev, BENCH_BAR_SWITCH, 0) : NULL;
	int ret = chip && regs ? run_consumer(file, chip, regs, whole) : -ENODEV;

	if (regs)
		pci_iounmap(pdev, regs);
	pci_dev_put(pdev);
	if (chip)
		gpio_device_put(chip);
	return ret;
}

/* "line": from the line's change to a consumer of it. */
static int line_show(struct seq_file *file, void *unused)
{
	return show_consumer(file, true);
}
DEFINE_SHOW_ATTRIBUTE(line);

/* "controller": from the call of the SoC's controller to the same. */
static int controller_show(struct seq_file *file, void *unused)
{
	return show_consumer(file, false);
}
DEFINE_SHOW_ATTRIBUTE(controller);

static int run_plain(struct seq_file *file, struct pci_dev *pdev)
{
	struct sample s = { .handled = 1 };
	u64 start;
	int i, ret;

	s.regs = pci_iomap(pdev, BENCH_BAR_CPU, 0);
	if (!s.regs)
		return -ENOMEM;
	writel(readl(s.regs + OIC_MAP) | SOURCE, s.regs + OIC_MAP);
	writel(readl(s.regs + OIC_ENABLE) | SOURCE, s.regs + OIC_ENABLE);
	ret = request_irq(pci_irq_vector(pdev, 0), plain_handler, IRQF_SHARED, "dtslot-bench", &s);
	if (ret)
		goto out;
	for (i = 0; i < SAMPLES; i++) {
		s.handled = 0;
		start = bench_stamp();
		writel(SOURCE, s.regs + OIC_FORCE);
		seq_printf(file, "%llu\n", wait_handled(&s, start));
	}
	free_irq(pci_irq_vector(pdev, 0), &s);
out:
	writel(readl(s.regs + OIC_ENABLE) & ~SOURCE, s.regs + OIC_ENABLE);
	writel(readl(s.regs + OIC_MAP) & ~SOURCE, s.regs + OIC_MAP);
	pci_iounmap(pdev, s.regs);
	return ret;
}

/* A driver of the function that does nothing but take its interrupt. */
static int plain_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int ret = pci_enable_device_mem(pdev);

	if (!ret)
		pci_set_master(pdev);
	return ret;
}

static void plain_remove(struct pci_dev *pdev)
{
	pci_clear_master(pdev);
	pci_disable_device(pdev);
}

/* It takes what "driver_override" gives it. */
static const struct pci_device_id plain_ids[] = {
	{ }
};

static struct pci_driver plain_driver = {
	.name = "dtslot-bench",
	.id_table = plain_ids,
	.probe = plain_probe,
	.remove = plain_remove,
};

static int show_plain(struct seq_file *file, unsigned int type)
{
	struct pci_dev *pdev = bench_card();
	int ret = -ENODEV;

	if (!pdev)
		return ret;
	device_lock(&pdev->dev);
	if (pdev->driver == &plain_driver)
		ret = pci_alloc_irq_vectors(pdev, 1, 1, type);
	if (ret > 0) {
		ret = run_plain(file, pdev);
		pci_free_irq_vectors(pdev);
	}
	device_unlock(&pdev->dev);
	pci_dev_put(pdev);
	return ret;
}

/* "plain-intx", "plain-msi": the floor, with the card bound to the driver above. */
static int plain_intx_show(struct seq_file *file, void *unused)
{
	return show_plain(file, PCI_IRQ_INTX);
}
DEFINE_SHOW_ATTRIBUTE(plain_intx);

static int plain_msi_show(struct seq_file *file, void *unused)
{
	return show_plain(file, PCI_IRQ_MSI);
}
DEFINE_SHOW_ATTRIBUTE(plain_msi);

int bench_interrupts_init(struct dentry *dir)
{
	debugfs_create_file("line", 0400, dir, NULL, &line_fops);
	debugfs_create_file("controller", 0400, dir, NULL, &controller_fops);
	debugfs_create_file("plain-intx", 0400, dir, NULL, &plain_intx_fops);
	debugfs_create_file("plain-msi", 0400, dir, NULL, &plain_msi_fops);
	return pci_register_driver(&plain_driver);
}

void bench_interrupts_exit(void)
{
	pci_unregister_driver(&plain_driver);
}
