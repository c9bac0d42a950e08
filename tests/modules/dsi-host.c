// SPDX-License-Identifier: GPL-2.0-only
/*
 * A stand-in for a DSI host, which no machine of QEMU has. It has no hardware: it notes in
 * its file "told" what DSI devices tell it, and "lit" lights the panel of one.
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/sysfs.h>
#include <drm/drm_mipi_dsi.h>
#include <drm/drm_panel.h>

struct stand_in {
	struct mipi_dsi_host host;
	struct drm_panel *panel;	/* that is lit */
	struct mutex lock;		/* guards what follows */
	char told[PAGE_SIZE];
	size_t len;
};

static struct stand_in *to_stand_in(struct mipi_dsi_host *host)
{
	return container_of(host, struct stand_in, host);
}

__printf(2, 3)
static void note(struct stand_in *s, const char *format, ...)
{
	va_list args;

	guard(mutex)(&s->lock);
	va_start(args, format);
	s->len += vscnprintf(s->told + s->len, sizeof(s->told) - s->len, format, args);
	va_end(args);
}

static void darken(struct stand_in *s)
{
	if (!s->panel)
		return;
	drm_panel_disable(s->panel);
	drm_panel_unprepare(s->panel);
	s->panel = NULL;
}

static int stand_in_attach(struct mipi_dsi_host *host, struct mipi_dsi_device *device)
{
	note(to_stand_in(host), "attach %s channel %u lanes %u\n", device->name, device->channel,
	     device->lanes);
	return 0;
}

static int stand_in_detach(struct mipi_dsi_host *host, struct mipi_dsi_device *device)
{
	darken(to_stand_in(host));
	note(to_stand_in(host), "detach %s\n", device->name);
	return 0;
}

static ssize_t stand_in_transfer(struct mipi_dsi_host *host, const struct mipi_dsi_msg *msg)
{
	note(to_stand_in(host), "transfer %02x %*ph\n", msg->type, (int)min(msg->tx_len, 8),
	     msg->tx_buf);
	return msg->tx_len;
}

static const struct mipi_dsi_host_ops stand_in_ops = {
	.attach = stand_in_attach,
	.detach = stand_in_detach,
	.transfer = stand_in_transfer,
};

static ssize_t told_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct stand_in *s = dev_get_drvdata(dev);

	guard(mutex)(&s->lock);
	if (!s->len)
		return 0;
	return sysfs_emit(buf, "%.*s\n", (int)s->len - 1, s->told);
}

static ssize_t told_store(struct device *dev, struct device_attribute *attr, const char *buf,
			  size_t count)
{
	struct stand_in *s = dev_get_drvdata(dev);

	guard(mutex)(&s->lock);
	s->len = 0;
	return count;
}
static DEVICE_ATTR_RW(told);

static ssize_t lit_store(struct device *dev, struct device_attribute *attr, const char *buf,
			 size_t count)
{
	struct device_node *np = of_get_next_available_child(dev->of_node, NULL);
	struct stand_in *s = dev_get_drvdata(dev);
	struct drm_panel *panel = np ? of_drm_find_panel(np) : ERR_PTR(-ENODEV);

	of_node_put(np);
	if (IS_ERR(panel))
		return PTR_ERR(panel);
	s->panel = panel;
	drm_panel_prepare(panel);
	drm_panel_enable(panel);
	return count;
}
static DEVICE_ATTR_WO(lit);

static struct attribute *stand_in_attrs[] = {
	&dev_attr_told.attr,
	&dev_attr_lit.attr,
	NULL
};
ATTRIBUTE_GROUPS(stand_in);

static int stand_in_probe(struct platform_device *pdev)
{
	struct stand_in *s = devm_kzalloc(&pdev->dev, sizeof(*s), GFP_KERNEL);

	if (!s)
		return -ENOMEM;
	mutex_init(&s->lock);
	s->host.dev = &pdev->dev;
	s->host.ops = &stand_in_ops;
	platform_set_drvdata(pdev, s);
	return mipi_dsi_host_register(&s->host);
}

static void stand_in_remove(struct platform_device *pdev)
{
	struct stand_in *s = platform_get_drvdata(pdev);

	mipi_dsi_host_unregister(&s->host);
}

static const struct of_device_id stand_in_matches[] = {
	{ .compatible = "dtslot,stand-in-dsi-host" },
	{ }
};
MODULE_DEVICE_TABLE(of, stand_in_matches);

static struct platform_driver stand_in_driver = {
	.driver = {
		.name = "stand-in-dsi-host",
		.of_match_table = stand_in_matches,
		.dev_groups = stand_in_groups,
	},
	.probe = stand_in_probe,
	.remove = stand_in_remove,
};
module_platform_driver(stand_in_driver);

MODULE_AUTHOR("The dtslot developers");
MODULE_DESCRIPTION("A stand-in for a DSI host, for tests");
MODULE_LICENSE("GPL");
