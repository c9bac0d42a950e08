// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slots in /sys/class/dtslot/: attributes, poll(2) and events.
 */
#include <linux/device.h>
#include <linux/kobject.h>
#include <linux/sysfs.h>

#include "slot.h"

static const char * const state_names[] = {
	[DTSLOT_EMPTY]		= "empty",
	[DTSLOT_IDENTIFYING]	= "identifying",
	[DTSLOT_ATTACHING]	= "attaching",
	[DTSLOT_ATTACHED]	= "attached",
	[DTSLOT_DETACHING]	= "detaching",
	[DTSLOT_FAILED]		= "failed",
	[DTSLOT_QUARANTINED]	= "quarantined",
};

static struct dtslot *to_dtslot(struct device *dev)
{
	return container_of(dev, struct dtslot, dev);
}

/**
 * struct event - what a uevent says of a slot
 * @state: its state
 * @model: what is plugged in
 * @revision: of the model
 * @serial: its serial number
 * @devices: how many of its devices work
 */
struct event {
	char state[32];
	char model[sizeof("DTSLOT_MODEL=") + sizeof_field(struct dtslot, model)];
	char revision[sizeof("DTSLOT_REVISION=") + sizeof_field(struct dtslot, revision)];
	char serial[sizeof("DTSLOT_SERIAL=") + sizeof_field(struct dtslot, serial)];
	char devices[48];
};

/* Fill @env with the texts that are not empty. */
static void describe(struct dtslot *slot, struct event *event, char **env)
{
	scnprintf(event->state, sizeof(event->state), "DTSLOT_STATE=%s", state_names[slot->state]);
	*env++ = event->state;
	if (event->devices[0])
		*env++ = event->devices;
	guard(mutex)(&slot->text_lock);
	if (slot->model[0]) {
		scnprintf(event->model, sizeof(event->model), "DTSLOT_MODEL=%s", slot->model);
		*env++ = event->model;
	}
	if (slot->revision[0]) {
		scnprintf(event->revision, sizeof(event->revision), "DTSLOT_REVISION=%s",
			  slot->revision);
		*env++ = event->revision;
	}
	if (slot->serial[0]) {
		scnprintf(event->serial, sizeof(event->serial), "DTSLOT_SERIAL=%s", slot->serial);
		*env++ = event->serial;
	}
	*env = NULL;
}

/**
 * dtslot_set_state() - change the state of a slot and tell userspace
 * @slot: the slot, locked
 * @state: the new state
 *
 * Wakes poll(2) on "state" and sends a change uevent, which says of an attached slot how
 * many of its devices work.
 */
void dtslot_set_state(struct dtslot *slot, enum dtslot_state state)
{
	struct event event;
	char *env[6];

	if (slot->state == state)
		return;
	WRITE_ONCE(slot->state, state);
	dtslot_status_enter(slot, event.devices, sizeof(event.devices));
	describe(slot, &event, env);
	sysfs_notify(&slot->dev.kobj, NULL, "state");
	kobject_uevent_env(&slot->dev.kobj, KOBJ_CHANGE, env);
}

static ssize_t state_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", state_names[READ_ONCE(to_dtslot(dev)->state)]);
}
static DEVICE_ATTR_RO(state);

static ssize_t text_show(struct dtslot *slot, const char *text, char *buf)
{
	guard(mutex)(&slot->text_lock);
	return sysfs_emit(buf, text[0] ? "%s\n" : "", text);
}

static ssize_t model_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return text_show(to_dtslot(dev), to_dtslot(dev)->model, buf);
}
static DEVICE_ATTR_RO(model);

static ssize_t revision_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return text_show(to_dtslot(dev), to_dtslot(dev)->revision, buf);
}
static DEVICE_ATTR_RO(revision);

static ssize_t serial_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return text_show(to_dtslot(dev), to_dtslot(dev)->serial, buf);
}
static DEVICE_ATTR_RO(serial);

static ssize_t overlay_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return text_show(to_dtslot(dev), to_dtslot(dev)->overlay, buf);
}
static DEVICE_ATTR_RO(overlay);

static ssize_t error_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return text_show(to_dtslot(dev), to_dtslot(dev)->error.s, buf);
}
static DEVICE_ATTR_RO(error);

static ssize_t trigger(struct device *dev, const char *buf, size_t count,
		       int (*fn)(struct dtslot *slot))
{
	int ret;

	if (!sysfs_streq(buf, "1"))
		return -EINVAL;
	ret = fn(to_dtslot(dev));
	return ret ? ret : count;
}

static ssize_t attach_store(struct device *dev, struct device_attribute *attr,
			    const char *buf, size_t count)
{
	return trigger(dev, buf, count, dtslot_attach);
}
static DEVICE_ATTR_WO(attach);

static ssize_t detach_store(struct device *dev, struct device_attribute *attr,
			    const char *buf, size_t count)
{
	return trigger(dev, buf, count, dtslot_detach);
}
static DEVICE_ATTR_WO(detach);

static struct attribute *slot_attrs[] = {
	&dev_attr_state.attr,
	&dev_attr_model.attr,
	&dev_attr_revision.attr,
	&dev_attr_serial.attr,
	&dev_attr_overlay.attr,
	&dev_attr_error.attr,
	&dev_attr_attach.attr,
	&dev_attr_detach.attr,
	NULL
};

static const struct attribute_group slot_group = {
	.attrs = slot_attrs,
};

const struct attribute_group *dtslot_groups[] = {
	&slot_group,
	&dtslot_status_group,
	NULL
};

