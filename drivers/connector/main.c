// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finder 2: a connector that takes add-on boards while the system runs. An
 * add-on says who it is in an ID memory, and its overlay comes from firmware.
 *
 * Each change that presence.c reports starts a new generation: what is under way for an
 * older one ends at its next step. When the connector has been quiet for a while, what
 * was there loses its power, before anything waits for its drivers; then its slot is told
 * that it has gone, and to attach what is there now. So an add-on that was swapped between
 * two looks is identified anew, too.
 */
#include <linux/atomic.h>
#include <linux/firmware.h>
#include <linux/list.h>
#include <linux/ctype.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/slab.h>
#include <linux/suspend.h>
#include <linux/workqueue.h>

#include "../compat.h"
#include "connector.h"

/*
 * A firmware file or a driver that is not there yet is waited for: an attach is tried again
 * after 1, 2, 4, ... s. A file that has not come by then is looked for, which is quiet and
 * leaves the power off.
 */
#define RETRIES		5U
#define MAX_SHIFT	10U
#define LOOK_PERIOD	(60 * HZ)

/* Names of slots begin with this. */
#define PREFIX		"connector:"
#define MAX_LABEL	32

/**
 * struct connector - a connector
 * @dev: its device
 * @list: entry in the list of all
 * @name: of its slot
 * @slot: its slot
 * @node: what its node says
 * @power: what switches the add-on's power
 * @i2c: its I2C buses
 * @spi: its SPI buses
 * @presence: tells whether something is plugged in
 * @settled: all has been quiet for a while
 * @retry: a failed attach is tried again, or a firmware file looked for
 * @resumed: looks whether the add-on is the one of before the system slept
 * @generation: changes seen
 * @attaching: generation that is being attached
 * @tries: attaches of this generation that had to wait for something
 * @looks: the firmware file is looked for, before the next one
 * @changes: woken with each generation
 * @lock: guards @named, @id, @blob
 * @named: model that root has given; empty for none. Until the add-on goes
 * @id: of what is attached, or was last
 * @blob: overlay in its ID memory; NULL for none
 * @in_use: an add-on is attached, or about to be
 */
struct connector {
	struct device *dev;
	struct list_head list;
	char *name;
	struct dtslot *slot;
	struct connector_node node;
	struct connector_power *power;
	struct connector_i2c *i2c;
	struct connector_spi *spi;
	struct connector_presence *presence;
	struct delayed_work settled;
	struct delayed_work retry;
	struct work_struct resumed;
	atomic_t generation;
	int attaching;
	unsigned int tries;
	bool looks;
	wait_queue_head_t changes;
	struct mutex lock;	/* guards what root has said and what was read */
	char named[64];
	struct dtslot_id id;
	void *blob;
	bool in_use;
};

struct workqueue_struct *connector_wq;

static LIST_HEAD(connectors);
static DEFINE_MUTEX(connectors_lock);	/* guards connectors */

static bool connector_is_gone(void *priv)
{
	struct connector *c = priv;

	return atomic_read(&c->generation) != READ_ONCE(c->attaching);
}

static int connector_prepare(void *priv, struct dtslot_site *site, struct dtslot_text *text)
{
	struct connector *c = priv;

	WRITE_ONCE(c->attaching, atomic_read(&c->generation));
	if (!connector_presence_may_attach(c->presence))
		return dtslot_fail(text, -ENODEV, "nothing is plugged in");
	site->target = c->node.devices;
	site->exports = c->node.exports;
	return 0;
}

static int connector_start(void *priv, struct dtslot_text *text)
{
	struct connector *c = priv;
	int ret;

	WRITE_ONCE(c->in_use, true);
	ret = connector_power_on(c->power, text);
	if (ret) {
		WRITE_ONCE(c->in_use, false);
		connector_power_allow(c->power);
		return ret;
	}
	connector_spi_switch(c->spi, true);
	return 0;
}

static void connector_stop(void *priv)
{
	struct connector *c = priv;

	connector_spi_switch(c->spi, false);
	connector_power_off(c->power);
	WRITE_ONCE(c->in_use, false);
	connector_power_allow(c->power);
}

static int connector_id_overlay(void *priv, struct dtslot_source *source,
				struct dtslot_text *text)
{
	struct connector *c = priv;

	strscpy(source->firmware, c->node.id_firmware, sizeof(source->firmware));
	return 0;
}

static bool has_firmware(struct connector *c, const char *name)
{
	const struct firmware *firmware;

	if (dtslot_firmware_request(&firmware, name, c->dev))
		return false;
	release_firmware(firmware);
	return true;
}

static void name_file(char *name, size_t size, const char *model, const char *revision)
{
	scnprintf(name, size, "dtslot/addon-%s%s%s.dtbo", model, revision[0] ? "-" : "", revision);
}

/* If there is no file of the add-on's model, there may be one that its ID names. */
static void name_source_by_id(struct connector *c, struct dtslot_source *source)
{
	char name[sizeof(source->firmware)];
	struct dtslot_id slug;

	if (!c->id.overlay[0] || !dtslot_id_model(&slug, "", c->id.overlay) ||
	    has_firmware(c, source->firmware))
		return;
	name_file(name, sizeof(name), slug.model, "");
	if (has_firmware(c, name))
		strscpy(source->firmware, name, sizeof(source->firmware));
}

/*
 * What is in the memory is anybody's: the trusted list has to name it. There is no
 * overlay, then, without a list.
 */
static void add_carried(struct connector *c, struct dtslot_source *source)
{
	if (!c->blob)
		return;
	if (!dtslot_has_trusted_list()) {
		if (!c->tries && !has_firmware(c, source->firmware))
			dev_notice(c->dev,
				   "the add-on's memory has an overlay, which is taken only if dtslot.trusted lists it\n");
		return;
	}
	source->data = c->blob;
	source->size = c->id.blob_size;
	source->data_name = "add-on";
	source->from_outside = true;
}

/* An add-on's overlay has the name of its model, or of its model and revision. */
static void name_source(struct connector *c, struct dtslot_source *source)
{
	struct dtslot_id slug;
	const char *revision = dtslot_id_model(&slug, "", c->id.revision) ? slug.model : "";

	strscpy(source->model, c->id.model, sizeof(source->model));
	strscpy(source->revision, c->id.revision, sizeof(source->revision));
	strscpy(source->serial, c->id.serial, sizeof(source->serial));
	name_file(source->firmware, sizeof(source->firmware), c->id.model, revision);
	if (revision[0] && !has_firmware(c, source->firmware))
		name_file(source->firmware, sizeof(source->firmware), c->id.model, "");
	name_source_by_id(c, source);
}

/* A model that is known without a look at the add-on. */
static bool take_given_model(struct connector *c, struct dtslot_id *id)
{
	const char *model = c->named[0] ? c->named : c->node.model;

	if (!model)
		return false;
	memset(id, 0, sizeof(*id));
	strscpy(id->model, model, sizeof(id->model));
	return true;
}

static int read_id(struct connector *c, struct dtslot_id *id, void **blob,
		   struct dtslot_text *text)
{
	struct connector_reading reading = {
		.slot = c->slot,
		.node = &c->node,
		.i2c = c->i2c,
		.presence = c->presence,
		.changes = &c->changes,
		.is_gone = connector_is_gone,
		.priv = c,
	};

	if (c->node.id == CONNECTOR_ID_NONE)
		return dtslot_fail(text, -ENODATA,
				   "add-ons have no ID here: write the name of its model to 'device/model'");
	return connector_read_id(&reading, id, blob, text);
}

static int connector_identify(void *priv, struct dtslot_source *source, struct dtslot_text *text)
{
	struct connector *c = priv;
	struct dtslot_id id;
	void *blob = NULL;
	bool given;
	int ret;

	scoped_guard(mutex, &c->lock)
		given = take_given_model(c, &id);
	ret = given ? 0 : read_id(c, &id, &blob, text);
	if (ret)
		return ret;
	scoped_guard(mutex, &c->lock) {
		c->id = id;
		swap(c->blob, blob);
	}
	kvfree(blob);
	name_source(c, source);
	add_carried(c, source);
	return 0;
}

static int connector_described(void *priv, struct dtslot_text *text)
{
	struct connector *c = priv;

	return connector_i2c_check(c->i2c, text) ?:
	       connector_buses_add(c->node.exports, c->slot, text);
}

static void connector_undescribed(void *priv)
{
	struct connector *c = priv;

	connector_buses_remove(c->node.exports, c->slot);
}

static int connector_check_unused(void *priv, struct dtslot_text *text)
{
	struct connector *c = priv;

	return connector_buses_check_unused(c->node.exports, c->slot, text);
}

static int connector_works(void *priv, struct device_node *np)
{
	return connector_buses_work(np);
}

/* An attach that was requested has ended. */
static void connector_requested(void *priv, int result)
{
	struct connector *c = priv;

	if ((result != -ENOENT && result != -EAGAIN) || connector_is_gone(c))
		return;
	c->looks = result == -ENOENT && c->tries >= RETRIES;
	queue_delayed_work(connector_wq, &c->retry,
			   c->looks ? LOOK_PERIOD : HZ << min(c->tries, MAX_SHIFT));
	c->tries++;
}

static void connector_retry(struct work_struct *work)
{
	struct connector *c = container_of(to_delayed_work(work), struct connector, retry);
	struct dtslot_source source;

	if (connector_is_gone(c))
		return;
	if (c->looks) {
		scoped_guard(mutex, &c->lock)
			name_source(c, &source);
		if (!has_firmware(c, source.firmware)) {
			queue_delayed_work(connector_wq, &c->retry, LOOK_PERIOD);
			return;
		}
	}
	/* What root has detached meanwhile stays detached. */
	dtslot_request_retry(c->slot);
}

static const struct dtslot_ops connector_ops = {
	.prepare = connector_prepare,
	.start = connector_start,
	.stop = connector_stop,
	.identify = connector_identify,
	.described = connector_described,
	.undescribed = connector_undescribed,
	.is_gone = connector_is_gone,
	.check_unused = connector_check_unused,
	.works = connector_works,
	.requested = connector_requested,
};

/* For a connector whose add-ons have an ID that an overlay describes. */
static const struct dtslot_ops connector_overlay_ops = {
	.prepare = connector_prepare,
	.start = connector_start,
	.stop = connector_stop,
	.id_overlay = connector_id_overlay,
	.identify = connector_identify,
	.described = connector_described,
	.undescribed = connector_undescribed,
	.is_gone = connector_is_gone,
	.check_unused = connector_check_unused,
	.works = connector_works,
	.requested = connector_requested,
};

/* Something happened: whatever is under way is about the past. */
static void connector_changed(void *priv)
{
	struct connector *c = priv;

	atomic_inc(&c->generation);
	wake_up_all(&c->changes);
	mod_delayed_work(connector_wq, &c->settled, c->node.debounce);
}

/* Quiet again: what was there is gone, or is no longer known to be the same. */
static void connector_settled(struct work_struct *work)
{
	struct connector *c = container_of(to_delayed_work(work), struct connector, settled);

	cancel_delayed_work(&c->retry);
	dtslot_request_detach(c->slot, DTSLOT_GONE);
	connector_spi_switch(c->spi, false);
	connector_power_cut(c->power);
	/* Otherwise stop() does that. */
	if (!READ_ONCE(c->in_use))
		connector_power_allow(c->power);
	c->tries = 0;
	connector_presence_forget(c->presence);
	scoped_guard(mutex, &c->lock)
		c->named[0] = '\0';
	if (connector_is_present(c->presence))
		dtslot_request_attach(c->slot);
}

/* The kernel would warn of a second device of one name. */
static int connector_take_name(struct connector *c)
{
	struct connector *other;

	guard(mutex)(&connectors_lock);
	list_for_each_entry(other, &connectors, list)
		if (!strcmp(other->name, c->name))
			return dev_err_probe(c->dev, -EEXIST,
					     "there is a slot '%s' already: give each connector a label of its own\n",
					     c->name);
	list_add_tail(&c->list, &connectors);
	return 0;
}

static void connector_drop_name(struct connector *c)
{
	guard(mutex)(&connectors_lock);
	list_del(&c->list);
}

/* Undo what probe does from the slot's name on. */
static void connector_close(struct connector *c)
{
	/* What is under way ends early. */
	connector_power_end(c->power);
	connector_presence_stop(c->presence);
	atomic_inc(&c->generation);
	wake_up_all(&c->changes);
	disable_work_sync(&c->resumed);
	disable_delayed_work_sync(&c->settled);
	disable_delayed_work_sync(&c->retry);
	dtslot_destroy(c->slot);
	kvfree(c->blob);
	connector_drop_name(c);
	connector_i2c_destroy(c->i2c);
}

static int connector_get_parts(struct connector *c)
{
	const struct connector_memory *memory = &c->node.memory;
	bool has_id;
	int ret;

	ret = connector_node_read(c->dev, &c->node);
	if (ret)
		return ret;
	c->power = connector_power_get(c->dev);
	if (IS_ERR(c->power))
		return PTR_ERR(c->power);
	has_id = !c->node.model && !c->node.id_cell && c->node.id != CONNECTOR_ID_NONE;
	c->spi = connector_spi_get(c->dev, c->node.exports);
	if (!c->spi)
		return -ENOMEM;
	c->presence = connector_presence_get(c->dev, c->power, has_id ? memory : NULL,
					     connector_changed, c);
	if (IS_ERR(c->presence))
		return PTR_ERR(c->presence);
	c->i2c = connector_i2c_create(c->dev, c->power, memory);
	return PTR_ERR_OR_ZERO(c->i2c);
}

static struct platform_driver connector_driver;

/*
 * A slot has the name of its connector: the label, or else the node's name. What another
 * slot brought has a name in there only, so that of its outer device comes first.
 */
static int connector_set_name(struct connector *c)
{
	struct device *dev = c->dev, *outer = dev->parent;
	const char *label = kbasename(dev->of_node->full_name), *prefix = NULL;
	char *name;

	of_property_read_string(dev->of_node, "label", &label);
	if (outer && outer->driver == &connector_driver.driver)
		prefix = ((struct connector *)dev_get_drvdata(outer))->name;
	else if (dtslot_in_slot(dev->of_node))
		prefix = dev_name(outer);
	c->name = devm_kasprintf(dev, GFP_KERNEL, "%s%s%s%.*s",
				 prefix && strstarts(prefix, PREFIX) ? "" : PREFIX, prefix ?: "",
				 prefix ? ":" : "", MAX_LABEL, label);
	if (!c->name)
		return -ENOMEM;
	for (name = c->name + strlen(c->name) - min(strlen(label), MAX_LABEL); *name; name++)
		if (!isalnum(*name) && !strchr("._-@", *name))
			*name = '-';
	return 0;
}

static int connector_create_slot(struct connector *c)
{
	const struct dtslot_ops *ops = &connector_ops;
	int ret;

	if (c->node.id_firmware && !c->node.model)
		ops = &connector_overlay_ops;
	ret = connector_set_name(c);
	ret = ret ?: connector_take_name(c);
	if (ret)
		return ret;
	c->slot = dtslot_create(c->dev, c->name, ops, c);
	if (!IS_ERR(c->slot))
		return 0;
	connector_drop_name(c);
	return dev_err_probe(c->dev, PTR_ERR(c->slot), "cannot make a slot\n");
}

/* While the system slept, the add-on may have become another one. */
static void connector_resumed(struct work_struct *work)
{
	struct connector *c = container_of(work, struct connector, resumed);

	if (!connector_presence_is_same(c->presence))
		connector_changed(c);
}

static int connector_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct connector *c;
	int ret;

	c = devm_kzalloc(dev, sizeof(*c), GFP_KERNEL);
	if (!c)
		return -ENOMEM;
	c->dev = dev;
	INIT_DELAYED_WORK(&c->settled, connector_settled);
	INIT_DELAYED_WORK(&c->retry, connector_retry);
	INIT_WORK(&c->resumed, connector_resumed);
	init_waitqueue_head(&c->changes);
	mutex_init(&c->lock);
	platform_set_drvdata(pdev, c);
	ret = connector_get_parts(c);
	if (ret)
		return ret;
	ret = connector_create_slot(c);
	if (ret) {
		connector_i2c_destroy(c->i2c);
		return ret;
	}
	ret = connector_presence_start(c->presence);
	if (ret)
		connector_close(c);
	return ret;
}

static void connector_remove(struct platform_device *pdev)
{
	connector_close(platform_get_drvdata(pdev));
}

static int connector_resume(struct device *dev)
{
	struct connector *c = dev_get_drvdata(dev);

	queue_work(connector_wq, &c->resumed);
	return 0;
}

/* What is on a card that was reset is attached anew with the card. */
static int connector_restore(struct device *dev)
{
	struct connector *c = dev_get_drvdata(dev);

	if (dtslot_in_slot(dev->of_node))
		return 0;
	dtslot_request_detach(c->slot, DTSLOT_RENEWED);
	return connector_resume(dev);
}

static int connector_wake(struct device *dev)
{
	return pm_resume_via_firmware() ? connector_restore(dev) : connector_resume(dev);
}

static const struct dev_pm_ops connector_pm = {
	.resume = connector_wake,
	.thaw = connector_resume,
	.restore = connector_restore,
};

static ssize_t model_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct connector *c = dev_get_drvdata(dev);

	guard(mutex)(&c->lock);
	return sysfs_emit(buf, c->named[0] ? "%s\n" : "", c->named);
}

/* Root says which add-on is plugged in; an empty line takes that back. */
static ssize_t model_store(struct device *dev, struct device_attribute *attr, const char *buf,
			   size_t count)
{
	struct connector *c = dev_get_drvdata(dev);
	size_t len = count && buf[count - 1] == '\n' ? count - 1 : count;
	char model[sizeof(c->named)];

	if (len >= sizeof(model))
		return -ENAMETOOLONG;
	memcpy(model, buf, len);
	model[len] = '\0';
	if (len && !dtslot_id_names_file(model))
		return -EINVAL;
	if (READ_ONCE(c->in_use))
		return -EBUSY;
	scoped_guard(mutex, &c->lock)
		strscpy(c->named, model, sizeof(c->named));
	if (len)
		dtslot_request_attach(c->slot);
	return count;
}
static DEVICE_ATTR_RW(model);

static struct attribute *connector_attrs[] = {
	&dev_attr_model.attr,
	NULL
};
ATTRIBUTE_GROUPS(connector);

static const struct of_device_id connector_matches[] = {
	{ .compatible = "dtslot,connector" },
	{ }
};
MODULE_DEVICE_TABLE(of, connector_matches);

static struct platform_driver connector_driver = {
	.driver = {
		.name = "dtslot-connector",
		.of_match_table = connector_matches,
		.dev_groups = connector_groups,
		.pm = pm_sleep_ptr(&connector_pm),
	},
	.probe = connector_probe,
	.remove = connector_remove,
};

static int __init connector_init(void)
{
	int ret;

	connector_wq = alloc_workqueue("dtslot-connector", WQ_UNBOUND | WQ_FREEZABLE, 0);
	if (!connector_wq)
		return -ENOMEM;
	ret = connector_i2c_init();
	if (ret)
		goto err_wq;
	ret = spi_register_driver(&connector_spi_driver);
	if (ret)
		goto err_i2c;
	ret = platform_driver_register(&connector_driver);
	if (ret)
		goto err_spi;
	return 0;

err_spi:
	spi_unregister_driver(&connector_spi_driver);
err_i2c:
	connector_i2c_exit();
err_wq:
	destroy_workqueue(connector_wq);
	return ret;
}
module_init(connector_init);

static void __exit connector_exit(void)
{
	platform_driver_unregister(&connector_driver);
	spi_unregister_driver(&connector_spi_driver);
	connector_i2c_exit();
	destroy_workqueue(connector_wq);
}
module_exit(connector_exit);

MODULE_AUTHOR("The dtslot developers");
MODULE_DESCRIPTION("Connectors for add-on boards as device-tree slots");
MODULE_LICENSE("GPL");
/* Counts the users of add-ons' flash memories. */
MODULE_SOFTDEP("pre: dtslot-mtd");
