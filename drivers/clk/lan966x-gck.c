// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic clock controller of the LAN966x, for the second and further cards.
 *
 * Mainline clk-lan966x.c registers its clocks under fixed names ("flexcom0"),
 * so that a second instance fails with -EEXIST, and keeps its registers in one
 * static variable. The slot core hands the first card's node to it and gives
 * those of further cards the compatible of this driver, whose clocks carry the
 * device's name. Registers and clock indices are those of mainline's driver
 * and of dt-bindings/clock/microchip,lan966x.h.
 */
#include <linux/clk-provider.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/platform_device.h>

#define GCK_COUNT	14	/* one register each, 4 bytes apart */
#define GCK_PARENTS	3	/* cpu, ddr, sys */
#define GCK_ENA_BIT	0
#define GCK_SRC_SHIFT	8	/* SRC_SEL[9:8] */
#define GCK_SRC_MASK	3
#define GCK_PRE_SHIFT	16	/* PRESCALER[23:16]: the rate is parent / (n + 1) */
#define GCK_PRE_WIDTH	8

static const char * const gck_names[GCK_COUNT] = {
	"qspi0", "qspi1", "qspi2", "sdmmc0", "pi", "mcan0", "mcan1", "flexcom0",
	"flexcom1", "flexcom2", "flexcom3", "flexcom4", "timer1", "usb_refclk",
};

/* Gates in the second register, in the order of their clock indices. */
static const struct {
	const char *name;
	u8 bit;
} gates[] = {
	{ "uhphs", 11 }, { "udphs", 10 }, { "mcramc", 9 }, { "hmatrix", 8 },
};

struct gck {
	struct clk_mux mux;
	struct clk_divider divider;
	struct clk_gate gate;
};

struct gck_controller {
	spinlock_t lock;	/* guards the read-modify-writes of all registers */
	struct gck gck[GCK_COUNT];
};

static void unregister_composite(void *hw)
{
	clk_hw_unregister_composite(hw);
}

static struct clk_hw *register_gck(struct device *dev, struct gck_controller *c, int i,
				   void __iomem *reg, const char * const *parents)
{
	struct gck *gck = &c->gck[i];
	struct clk_hw *hw;
	const char *name;
	int ret;

	name = devm_kasprintf(dev, GFP_KERNEL, "%s:%s", dev_name(dev), gck_names[i]);
	if (!name)
		return ERR_PTR(-ENOMEM);
	gck->mux = (struct clk_mux){
		.reg = reg, .shift = GCK_SRC_SHIFT, .mask = GCK_SRC_MASK, .lock = &c->lock,
	};
	gck->divider = (struct clk_divider){
		.reg = reg, .shift = GCK_PRE_SHIFT, .width = GCK_PRE_WIDTH, .lock = &c->lock,
	};
	gck->gate = (struct clk_gate){
		.reg = reg, .bit_idx = GCK_ENA_BIT, .lock = &c->lock,
	};
	hw = clk_hw_register_composite(dev, name, parents, GCK_PARENTS,
				       &gck->mux.hw, &clk_mux_ops,
				       &gck->divider.hw, &clk_divider_ops,
				       &gck->gate.hw, &clk_gate_ops, 0);
	if (IS_ERR(hw))
		return hw;
	ret = devm_add_action_or_reset(dev, unregister_composite, hw);
	return ret ? ERR_PTR(ret) : hw;
}

static int gck_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	const char *parents[GCK_PARENTS];
	struct clk_hw_onecell_data *data;
	struct gck_controller *c;
	void __iomem *base, *gate_base;
	const char *name;
	int i, n = 0;

	c = devm_kzalloc(dev, sizeof(*c), GFP_KERNEL);
	data = devm_kzalloc(dev, struct_size(data, hws, GCK_COUNT + ARRAY_SIZE(gates)),
			    GFP_KERNEL);
	if (!c || !data)
		return -ENOMEM;
	spin_lock_init(&c->lock);

	base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(base))
		return PTR_ERR(base);
	gate_base = devm_platform_ioremap_resource(pdev, 1);
	if (IS_ERR(gate_base))
		return PTR_ERR(gate_base);
	for (i = 0; i < GCK_PARENTS; i++) {
		parents[i] = of_clk_get_parent_name(dev->of_node, i);
		if (!parents[i])
			return dev_err_probe(dev, -EINVAL, "clock %d of 3 is missing\n", i);
	}

	for (i = 0; i < GCK_COUNT; i++, n++) {
		data->hws[n] = register_gck(dev, c, i, base + 4 * i, parents);
		if (IS_ERR(data->hws[n]))
			return dev_err_probe(dev, PTR_ERR(data->hws[n]),
					     "cannot register clock %s\n", gck_names[i]);
	}
	for (i = 0; i < ARRAY_SIZE(gates); i++, n++) {
		name = devm_kasprintf(dev, GFP_KERNEL, "%s:%s", dev_name(dev), gates[i].name);
		if (!name)
			return -ENOMEM;
		data->hws[n] = devm_clk_hw_register_gate(dev, name, NULL, 0, gate_base,
							 gates[i].bit, 0, &c->lock);
		if (IS_ERR(data->hws[n]))
			return dev_err_probe(dev, PTR_ERR(data->hws[n]),
					     "cannot register clock %s\n", gates[i].name);
	}
	data->num = n;
	return devm_of_clk_add_hw_provider(dev, of_clk_hw_onecell_get, data);
}

static const struct of_device_id gck_match[] = {
	{ .compatible = "dtslot,lan966x-gck" },
	{ }
};
MODULE_DEVICE_TABLE(of, gck_match);

static struct platform_driver gck_driver = {
	.probe = gck_probe,
	.driver = {
		.name = "dtslot-lan966x-gck",
		.of_match_table = gck_match,
	},
};
module_platform_driver(gck_driver);

MODULE_AUTHOR("The dtslot developers");
MODULE_DESCRIPTION("LAN966x generic clocks for further cards");
MODULE_LICENSE("GPL");
