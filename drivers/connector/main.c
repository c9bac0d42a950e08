// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finder 2: a connector that takes add-on boards while the system runs. An
 * add-on says who it is in an ID memory, and its overlay comes from firmware.
 *
 * What presence.c says is handled by one work item. Each change starts a new
 * generation: what is under way for an older one ends at its next step, and the
 * work looks again when all has been quiet. So an add-on that was swapped
 * while nobody looked is identified anew, too.
 */
#include <linux/atomic.h>
#include <linux/firmware.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "../compat.h"
#include "connector.h"

/* Default of debounce-delay-ms. */
#define DEBOUNCE_MS	50

/* A firmware file or a driver that is not there yet: tried again after 1, 2, 4, ... s. */
#define RETRIES		5

#define DEFAULT_FORMAT	"dtslot"

/**
 * struct connector - a connector
 * @dev: its device
 * @number: of its slot's name
 * @slot: its slot
 * @power: what switches the add-on's power
 * @i2c: its I2C buses
 * @devices: target of overlays
 * @exports: labels for overlays, with references; ended by one without a label
 * @format: of the ID
 * @id_firmware: overlay that makes the ID readable; NULL for the embedded one
 * @model: of every add-on that fits; NULL if there is an ID
 * @presence: tells whether something is plugged in
 * @debounce: how long it must be quiet, jiffies
 * @work: looks whether something is there and does what is to be done
 * @generation: changes seen
 * @handled: generation that @work has dealt with
 * @attaching: generation that is being attached
 * @tries: attaches since then that had to wait for something
 * @changes: woken with each generation
 */
struct connector {
	struct device *dev;
	int number;
	struct dtslot *slot;
	struct connector_power *power;
	struct connector_i2c *i2c;
	struct device_node *devices;
	struct dtslot_export *exports;
	const char *format;
	const char *id_firmware;
	const char *model;
	struct connector_presence *presence;
	unsigned long debounce;
	struct delayed_work work;
	atomic_t generation;
	int handled;
	int attaching;
	unsigned int tries;
	wait_queue_head_t changes;
};

static DEFINE_IDA(numbers);
struct workqueue_struct *connector_wq;

static bool connector_is_gone(void *priv)
{
	struct connector *c = priv;

	return atomic_read(&c->generation) != READ_ONCE(c->attaching);
}

static int connector_prepare(void *priv, struct dtslot_site *site, struct dtslot_text *text)
{
	struct connector *c = priv;
	int ret;

	WRITE_ONCE(c->attaching, atomic_read(&c->generation));
	if (!connector_presence_may_attach(c->presence))
		return dtslot_fail(text, -ENODEV, "nothing is plugged in");
	ret = connector_power_on(c->power, text);
	if (ret)
		return ret;
	site->target = c->devices;
	site->exports = c->exports;
	return 0;
}

static void connector_unprepare(void *priv)
{
	struct connector *c = priv;

	connector_power_off(c->power);
}

static int connector_id_overlay(void *priv, struct dtslot_source *source,
				struct dtslot_text *text)
{
	struct connector *c = priv;

	if (c->id_firmware) {
		strscpy(source->firmware, c->id_firmware, sizeof(source->firmware));
		return 0;
	}
	source->data = dtslot_dtbo_id_begin;
	source->size = dtslot_dtbo_id_end - dtslot_dtbo_id_begin;
	source->data_name = "embedded";
	return 0;
}

/* An add-on's overlay has the name of its model. */
static void name_source(struct dtslot_source *source, const char *model)
{
	strscpy(source->model, model, sizeof(source->model));
	scnprintf(source->firmware, sizeof(source->firmware), "dtslot/addon-%s.dtbo", model);
}

static int connector_identify(void *priv, struct dtslot_source *source, struct dtslot_text *text)
{
	struct connector *c = priv;
	struct dtslot_id id;
	int ret;

	ret = connector_read_id(c->slot, c->presence, &c->changes, connector_is_gone, c, c->format,
				&id, text);
	if (ret)
		return ret;
	name_source(source, id.model);
	return 0;
}

/*
 * The kernel looks for devices on a serial port once, when the port comes. So nodes
 * that come later are refused, and do not lie there without anybody taking notice.
 */
static int connector_described(void *priv, struct dtslot_text *text)
{
	struct connector *c = priv;
	struct dtslot_export *e;

	for (e = c->exports; e->label; e++) {
		if (!of_node_name_eq(e->np, "serial"))
			continue;
		for_each_child_of_node_scoped(e->np, child)
			if (dtslot_owns(c->slot, child))
				return dtslot_fail(text, -EOPNOTSUPP,
						   "node '%pOFn' below '%s': a serial port makes no devices of nodes that come later; leave it out and let a program use the port",
						   child, e->label);
	}
	return 0;
}

/* What may come by itself is tried again. */
static void connector_requested(void *priv, int result)
{
	struct connector *c = priv;

	if (connector_is_gone(c) || (result != -ENOENT && result != -EPROBE_DEFER) ||
	    c->tries >= RETRIES)
		return;
	queue_delayed_work(connector_wq, &c->work, HZ << c->tries++);
}

static const struct dtslot_ops connector_ops = {
	.prepare = connector_prepare,
	.unprepare = connector_unprepare,
	.id_overlay = connector_id_overlay,
	.identify = connector_identify,
	.described = connector_described,
	.is_gone = connector_is_gone,
	.requested = connector_requested,
};

static int connector_identify_fixed(void *priv, struct dtslot_source *source,
				    struct dtslot_text *text)
{
	struct connector *c = priv;

	name_source(source, c->model);
	return 0;
}

/* For a connector that takes one model, which has no ID. */
static const struct dtslot_ops connector_fixed_ops = {
	.prepare = connector_prepare,
	.unprepare = connector_unprepare,
	.identify = connector_identify_fixed,
	.described = connector_described,
	.is_gone = connector_is_gone,
	.requested = connector_requested,
};

/* Something happened: whatever is under way is about the past. */
static void connector_changed(void *priv)
{
	struct connector *c = priv;

	atomic_inc(&c->generation);
	wake_up_all(&c->changes);
	mod_delayed_work(connector_wq, &c->work, c->debounce);
}

static void connector_work(struct work_struct *work)
{
	struct connector *c = container_of(to_delayed_work(work), struct connector, work);
	int generation = atomic_read(&c->generation);

	if (generation != c->handled) {
		c->handled = generation;
		c->tries = 0;
		dtslot_request_detach(c->slot, DTSLOT_GONE);
	}
	if (connector_is_present(c->presence))
		dtslot_request_attach(c->slot);
}

/* The nodes behind the names that the connector exports. */
static int connector_get_exports(struct connector *c)
{
	struct device_node *np = of_get_child_by_name(c->dev->of_node, "exports");
	struct property *p;
	unsigned int n = 0;
	int ret = 0;

	if (np)
		for_each_property_of_node(np, p)
			n++;
	c->exports = devm_kcalloc(c->dev, n + 1, sizeof(*c->exports), GFP_KERNEL);
	if (!c->exports) {
		of_node_put(np);
		return -ENOMEM;
	}
	n = 0;
	for (p = np ? np->properties : NULL; p && !ret; p = p->next) {
		if (!strcmp(p->name, "name") || !strcmp(p->name, "phandle"))
			continue;
		c->exports[n].np = of_parse_phandle(np, p->name, 0);
		c->exports[n].label = p->name;
		if (c->exports[n].np)
			n++;
		else
			ret = dev_err_probe(c->dev, -EINVAL,
					    "'%s' in %pOF is no phandle of a node\n",
					    p->name, np);
	}
	c->exports[n].label = NULL;
	of_node_put(np);
	return ret;
}

static void connector_put_exports(void *data)
{
	struct connector *c = data;
	struct dtslot_export *e;

	for (e = c->exports; e && e->label; e++)
		of_node_put(e->np);
	of_node_put(c->devices);
}

static int connector_read_node(struct connector *c)
{
	struct device_node *np = c->dev->of_node, *id;
	u32 debounce = DEBOUNCE_MS;
	int ret;

	ret = connector_get_exports(c);
	c->devices = of_get_child_by_name(np, "devices");
	ret = devm_add_action_or_reset(c->dev, connector_put_exports, c) ?: ret;
	if (ret)
		return ret;
	if (!c->devices)
		return dev_err_probe(c->dev, -EINVAL, "%pOF has no child 'devices'\n", np);

	c->format = DEFAULT_FORMAT;
	id = of_get_child_by_name(np, "id");
	if (id) {
		/* The strings are the node's, which stays as long as the device. */
		of_property_read_string(id, "format", &c->format);
		of_property_read_string(id, "firmware-name", &c->id_firmware);
		of_property_read_string(id, "model", &c->model);
		of_node_put(id);
	}
	if (!dtslot_id_size(c->format))
		return dev_err_probe(c->dev, -EINVAL, "%pOF/id has an unknown format '%s'\n", np,
				     c->format);
	if (c->model && !dtslot_id_names_file(c->model))
		return dev_err_probe(c->dev, -EINVAL, "%pOF/id: model '%s' cannot name a file\n",
				     np, c->model);
	of_property_read_u32(np, "debounce-delay-ms", &debounce);
	c->debounce = msecs_to_jiffies(debounce);
	return 0;
}

/* Undo what probe does from the slot's name on. */
static void connector_close(struct connector *c)
{
	connector_presence_stop(c->presence);
	/* What is under way ends early. */
	atomic_inc(&c->generation);
	wake_up_all(&c->changes);
	disable_delayed_work_sync(&c->work);
	dtslot_destroy(c->slot);
	connector_i2c_destroy(c->i2c);
	ida_free(&numbers, c->number);
}

static int connector_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct connector *c;
	char name[32];
	int ret;

	c = devm_kzalloc(dev, sizeof(*c), GFP_KERNEL);
	if (!c)
		return -ENOMEM;
	c->dev = dev;
	INIT_DELAYED_WORK(&c->work, connector_work);
	init_waitqueue_head(&c->changes);
	platform_set_drvdata(pdev, c);

	ret = connector_read_node(c);
	if (ret)
		return ret;
	c->power = connector_power_get(dev);
	if (IS_ERR(c->power))
		return PTR_ERR(c->power);
	c->presence = connector_presence_get(dev, c->power, c->exports, !c->model,
					     connector_changed, c);
	if (IS_ERR(c->presence))
		return PTR_ERR(c->presence);
	c->i2c = connector_i2c_create(dev, c->power);
	if (IS_ERR(c->i2c))
		return PTR_ERR(c->i2c);
	c->number = ida_alloc(&numbers, GFP_KERNEL);
	if (c->number < 0) {
		ret = c->number;
		goto err_i2c;
	}
	scnprintf(name, sizeof(name), "connector%d", c->number);
	c->slot = dtslot_create(dev, name, c->model ? &connector_fixed_ops : &connector_ops, c);
	if (IS_ERR(c->slot)) {
		ret = dev_err_probe(dev, PTR_ERR(c->slot), "cannot make a slot\n");
		goto err_number;
	}
	ret = connector_presence_start(c->presence);
	if (ret)
		connector_close(c);
	return ret;

err_number:
	ida_free(&numbers, c->number);
err_i2c:
	connector_i2c_destroy(c->i2c);
	return ret;
}

static void connector_remove(struct platform_device *pdev)
{
	connector_close(platform_get_drvdata(pdev));
}

/* While the system slept, the add-on may have become another one. */
static int connector_resume(struct device *dev)
{
	struct connector *c = dev_get_drvdata(dev);

	connector_presence_again(c->presence);
	return 0;
}

static DEFINE_SIMPLE_DEV_PM_OPS(connector_pm, NULL, connector_resume);

static const struct of_device_id connector_matches[] = {
	{ .compatible = "dtslot,connector" },
	{ }
};
MODULE_DEVICE_TABLE(of, connector_matches);

static struct platform_driver connector_driver = {
	.driver = {
		.name = "dtslot-connector",
		.of_match_table = connector_matches,
		.pm = pm_sleep_ptr(&connector_pm),
	},
	.probe = connector_probe,
	.remove = connector_remove,
};

static int __init connector_init(void)
{
	int ret;

	/* Attaches of several connectors, one on another, do not wait for each other. */
	connector_wq = alloc_workqueue("dtslot-connector", WQ_UNBOUND | WQ_FREEZABLE, 0);
	if (!connector_wq)
		return -ENOMEM;
	ret = spi_register_driver(&connector_spi_driver);
	if (ret)
		goto err_wq;
	ret = platform_driver_register(&connector_driver);
	if (ret)
		goto err_spi;
	return 0;

err_spi:
	spi_unregister_driver(&connector_spi_driver);
err_wq:
	destroy_workqueue(connector_wq);
	return ret;
}
module_init(connector_init);

static void __exit connector_exit(void)
{
	platform_driver_unregister(&connector_driver);
	spi_unregister_driver(&connector_spi_driver);
	destroy_workqueue(connector_wq);
}
module_exit(connector_exit);

MODULE_AUTHOR("The dtslot developers");
MODULE_DESCRIPTION("Connectors for add-on boards as device-tree slots");
MODULE_LICENSE("GPL");
