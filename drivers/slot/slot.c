// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slots: their states, and their face in /sys/class/dtslot/.
 */
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "../compat.h"
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

/* blob.c is pure code and cannot say so itself. */
EXPORT_SYMBOL_GPL(dtslot_fail);

/* Nor can overlay.c. */
EXPORT_SYMBOL_GPL(dtslot_is_bookkeeping);

static struct dtslot *to_slot(struct device *dev)
{
	return container_of(dev, struct dtslot, dev);
}

/**
 * dtslot_set_state() - change the state of a slot and tell userspace
 * @slot: the slot, locked
 * @state: the new state
 *
 * Wakes poll(2) on "state" and sends a change uevent.
 */
void dtslot_set_state(struct dtslot *slot, enum dtslot_state state)
{
	char text[32];
	char *env[2] = { text };

	if (slot->state == state)
		return;
	WRITE_ONCE(slot->state, state);
	scnprintf(text, sizeof(text), "DTSLOT_STATE=%s", state_names[state]);
	sysfs_notify(&slot->dev.kobj, NULL, "state");
	kobject_uevent_env(&slot->dev.kobj, KOBJ_CHANGE, env);
}

/* Forget what was plugged in. */
static void clear_texts(struct dtslot *slot)
{
	guard(mutex)(&slot->text_lock);
	slot->error.s[0] = '\0';
	slot->model[0] = '\0';
	slot->overlay[0] = '\0';
}

static int attach_locked(struct dtslot *slot)
{
	int ret;

	if (slot->state == DTSLOT_ATTACHED)
		return -EBUSY;
	if (slot->state == DTSLOT_QUARANTINED)
		return -EPERM;

	clear_texts(slot);
	dtslot_set_state(slot, DTSLOT_IDENTIFYING);
	ret = dtslot_transaction_run(slot);
	if (ret) {
		if (ret != -ECANCELED)
			dev_err(slot->parent, "nothing attached: %s\n", slot->error.s);
		dtslot_set_state(slot, slot->steps ? DTSLOT_QUARANTINED : DTSLOT_FAILED);
		return ret;
	}
	dtslot_set_state(slot, DTSLOT_ATTACHED);
	return 0;
}

/* Undo what stands; the caller says what the slot is then. */
static int take_off(struct dtslot *slot)
{
	struct dtslot_text text;
	int ret;

	dtslot_set_state(slot, DTSLOT_DETACHING);
	ret = dtslot_transaction_undo(slot, &text);
	if (ret) {
		dev_err(slot->parent, "the overlay does not come off: %s\n", text.s);
		scoped_guard(mutex, &slot->text_lock)
			slot->error = text;
		dtslot_set_state(slot, DTSLOT_QUARANTINED);
	}
	return ret;
}

static bool is_filled(const struct dtslot *slot)
{
	return slot->state == DTSLOT_ATTACHED || slot->state == DTSLOT_QUARANTINED;
}

static int detach_locked(struct dtslot *slot)
{
	int ret = is_filled(slot) ? take_off(slot) : 0;

	if (ret)
		return ret;
	clear_texts(slot);
	dtslot_set_state(slot, DTSLOT_EMPTY);
	return 0;
}

int dtslot_attach(struct dtslot *slot)
{
	guard(mutex)(&slot->lock);
	return slot->dying ? -ENODEV : attach_locked(slot);
}
EXPORT_SYMBOL_GPL(dtslot_attach);

static dtslot_guard_fn guard_fn;
static DEFINE_MUTEX(guard_lock);

void dtslot_set_guard(dtslot_guard_fn guard)
{
	mutex_lock(&guard_lock);
	guard_fn = guard;
	mutex_unlock(&guard_lock);
}
EXPORT_SYMBOL_GPL(dtslot_set_guard);

/* Whether what is in a slot may be taken away. */
static int ask_guard(struct dtslot *slot)
{
	struct dtslot_text text;
	int ret;

	guard(mutex)(&guard_lock);
	ret = guard_fn && slot->state == DTSLOT_ATTACHED ? guard_fn(slot, &text) : 0;
	guard(mutex)(&slot->text_lock);
	slot->error.s[0] = '\0';
	return ret ? dtslot_fail(&slot->error, ret, "detach: %s", text.s) : 0;
}

int dtslot_detach(struct dtslot *slot)
{
	int ret;

	guard(mutex)(&slot->lock);
	if (slot->dying)
		return -ENODEV;
	ret = ask_guard(slot);
	return ret ?: detach_locked(slot);
}
EXPORT_SYMBOL_GPL(dtslot_detach);

int dtslot_renew(struct dtslot *slot)
{
	int ret;

	guard(mutex)(&slot->lock);
	if (slot->dying || slot->state != DTSLOT_ATTACHED)
		return 0;
	dev_info(slot->parent, "%s lost its state, is attached anew\n", slot->model);
	ret = detach_locked(slot);
	return ret ?: attach_locked(slot);
}
EXPORT_SYMBOL_GPL(dtslot_renew);

/**
 * dtslot_lose() - detach what is in a slot because its target goes
 * @slot: the slot
 * @outer: the slot that brought the target, locked
 */
void dtslot_lose(struct dtslot *slot, const struct dtslot *outer)
{
	guard(mutex)(&slot->lock);
	if (slot->dying || slot->state != DTSLOT_ATTACHED || take_off(slot))
		return;
	clear_texts(slot);
	scoped_guard(mutex, &slot->text_lock)
		dtslot_fail(&slot->error, -ENODEV, "detached: the target went away with slot %s",
			    dev_name(&outer->dev));
	dtslot_set_state(slot, DTSLOT_FAILED);
}

void dtslot_error(struct dtslot *slot, struct dtslot_text *text)
{
	guard(mutex)(&slot->text_lock);
	*text = slot->error;
}
EXPORT_SYMBOL_GPL(dtslot_error);

static ssize_t state_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", state_names[READ_ONCE(to_slot(dev)->state)]);
}
static DEVICE_ATTR_RO(state);

static ssize_t text_show(struct dtslot *slot, const char *text, char *buf)
{
	guard(mutex)(&slot->text_lock);
	return sysfs_emit(buf, text[0] ? "%s\n" : "", text);
}

static ssize_t model_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return text_show(to_slot(dev), to_slot(dev)->model, buf);
}
static DEVICE_ATTR_RO(model);

static ssize_t overlay_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return text_show(to_slot(dev), to_slot(dev)->overlay, buf);
}
static DEVICE_ATTR_RO(overlay);

static ssize_t error_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return text_show(to_slot(dev), to_slot(dev)->error.s, buf);
}
static DEVICE_ATTR_RO(error);

static ssize_t trigger(struct device *dev, const char *buf, size_t count,
		       int (*fn)(struct dtslot *slot))
{
	int ret;

	if (!sysfs_streq(buf, "1"))
		return -EINVAL;
	ret = fn(to_slot(dev));
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
	&dev_attr_overlay.attr,
	&dev_attr_error.attr,
	&dev_attr_attach.attr,
	&dev_attr_detach.attr,
	NULL
};
ATTRIBUTE_GROUPS(slot);

static void slot_release(struct device *dev)
{
	struct dtslot *slot = to_slot(dev);

	put_device(slot->parent);
	mutex_destroy(&slot->text_lock);
	mutex_destroy(&slot->lock);
	lockdep_unregister_key(&slot->key);
	kfree(slot);
}

static const struct class slot_class = {
	.name = "dtslot",
	.dev_groups = slot_groups,
	.dev_release = slot_release,
};

struct dtslot *dtslot_create(struct device *parent, const char *name,
			     const struct dtslot_ops *ops, void *priv)
{
	struct dtslot *slot;
	int ret;

	slot = kzalloc_obj(*slot);
	if (!slot)
		return ERR_PTR(-ENOMEM);
	slot->parent = get_device(parent);
	slot->ops = ops;
	slot->priv = priv;
	mutex_init(&slot->lock);
	lockdep_register_key(&slot->key);
	lockdep_set_class(&slot->lock, &slot->key);
	mutex_init(&slot->text_lock);
	device_initialize(&slot->dev);
	device_set_pm_not_required(&slot->dev);
	slot->dev.class = &slot_class;
	slot->dev.parent = parent;
	ret = dev_set_name(&slot->dev, "%s", name);
	if (!ret)
		ret = device_add(&slot->dev);
	if (ret) {
		put_device(&slot->dev);
		return ERR_PTR(ret);
	}
	return slot;
}
EXPORT_SYMBOL_GPL(dtslot_create);

void dtslot_destroy(struct dtslot *slot)
{
	scoped_guard(mutex, &slot->lock) {
		/* Not announced as empty: nobody shall think that it could be filled. */
		if (is_filled(slot))
			take_off(slot);
		slot->dying = true;
		if (slot->steps) {
			/* Nodes that do not come off stay, but they are nobody's. */
			dtslot_attached_leak(slot);
			dtslot_registry_leave(slot);
		}
	}
	device_unregister(&slot->dev);
}
EXPORT_SYMBOL_GPL(dtslot_destroy);

static int __init dtslot_init(void)
{
	int ret = class_register(&slot_class);

	if (ret)
		return ret;
	ret = dtslot_links_init();
	if (ret)
		class_unregister(&slot_class);
	return ret;
}
module_init(dtslot_init);

static void __exit dtslot_exit(void)
{
	dtslot_links_exit();
	class_unregister(&slot_class);
}
module_exit(dtslot_exit);

MODULE_AUTHOR("The dtslot developers");
MODULE_DESCRIPTION("Slots in the device tree where hardware comes and goes");
MODULE_LICENSE("GPL");
