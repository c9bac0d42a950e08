// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slots: their states and what leads from one to another.
 */
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/suspend.h>

#include "../compat.h"
#include "../in-use/files.h"
#include "slot.h"

/* blob.c is pure code and cannot say so itself. */
EXPORT_SYMBOL_GPL(dtslot_fail);

/* Nor can overlay.c. */
EXPORT_SYMBOL_GPL(dtslot_is_bookkeeping);

static void clear_error(struct dtslot *slot)
{
	guard(mutex)(&slot->text_lock);
	slot->error.s[0] = '\0';
}

/* Forget what was plugged in, but not what was wrong with it. */
static void clear_identity(struct dtslot *slot)
{
	guard(mutex)(&slot->text_lock);
	slot->model[0] = '\0';
	slot->revision[0] = '\0';
	slot->serial[0] = '\0';
	slot->overlay[0] = '\0';
}

static void clear_texts(struct dtslot *slot)
{
	clear_identity(slot);
	clear_error(slot);
}

static void tell_failure(struct dtslot *slot)
{
	guard(mutex)(&slot->text_lock);
	dev_err(slot->parent, "nothing attached: %s\n", slot->error.s);
}

static int fill(struct dtslot *slot, bool reports)
{
	int ret;

	if (slot->state == DTSLOT_QUARANTINED)
		return -EPERM;
	if (slot->state == DTSLOT_ATTACHED) {
		guard(mutex)(&slot->text_lock);
		return reports ? dtslot_fail(&slot->error, -EBUSY,
					     "attach: %s is attached already; write 1 to 'detach' first",
					     slot->model) : -EBUSY;
	}

	/* The error of before stays until this attach has an end. */
	clear_identity(slot);
	dtslot_set_state(slot, DTSLOT_IDENTIFYING);
	ret = dtslot_transaction_run(slot);
	if (ret) {
		if (ret != -ECANCELED)
			tell_failure(slot);
		dtslot_set_state(slot, slot->steps ? DTSLOT_QUARANTINED : DTSLOT_FAILED);
		return ret;
	}
	clear_error(slot);
	dtslot_set_state(slot, DTSLOT_ATTACHED);
	return 0;
}

/* The bus of a slot that goes waits for the programs that have it open: say which. */
static void tell_users(struct dtslot *slot)
{
	struct dtslot_text text;

	if (!dtslot_i2c_in_use(slot, &text))
		return;
	WRITE_ONCE(slot->waits, true);
	dev_warn(slot->parent, "the bus stays until it is closed: %s\n", text.s);
	guard(mutex)(&slot->text_lock);
	dtslot_fail(&slot->error, -EBUSY, "detach: waits until the bus is closed: %s", text.s);
}

/* Undo what stands; the caller says what the slot is then. */
static int take_off(struct dtslot *slot)
{
	struct dtslot_text text;
	int ret;

	dtslot_set_state(slot, DTSLOT_DETACHING);
	ret = dtslot_transaction_undo(slot, &text);
	WRITE_ONCE(slot->waits, false);
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

static int empty(struct dtslot *slot)
{
	int ret = is_filled(slot) ? take_off(slot) : 0;

	if (ret)
		return ret;
	clear_texts(slot);
	dtslot_set_state(slot, DTSLOT_EMPTY);
	return 0;
}

static dtslot_in_use_fn in_use_fn;
static DEFINE_MUTEX(in_use_lock);	/* guards in_use_fn, also while it runs */

void dtslot_set_in_use(dtslot_in_use_fn in_use)
{
	guard(mutex)(&in_use_lock);
	in_use_fn = in_use;
}
EXPORT_SYMBOL_GPL(dtslot_set_in_use);

static bool counts_users(void)
{
	guard(mutex)(&in_use_lock);
	return in_use_fn;
}

/**
 * dtslot_watch_flash() - have the users of flash memories counted
 * @text: receives the message on failure
 *
 * Context: may sleep; runs modprobe.
 * Return: 0 or a negative error: MTD frees a flash that is pulled under those who use it.
 */
int dtslot_watch_flash(struct dtslot_text *text)
{
	int ret;

	if (counts_users())
		return 0;
	ret = request_module("dtslot-mtd");
	if (counts_users())
		return 0;
	return dtslot_fail(text, -ENOPKG,
			   "the overlay brings a flash, and module dtslot-mtd, without which one that is pulled while it is open crashes the kernel, cannot be loaded (error %d): run modprobe dtslot-mtd, then write 1 to 'attach'",
			   ret);
}

/* Whether what is in a slot may be taken away: it may not while a program uses it. */
static int check_in_use(struct dtslot *slot)
{
	struct dtslot_text text;
	int ret = 0;

	if (slot->state == DTSLOT_ATTACHED) {
		guard(mutex)(&in_use_lock);
		/* What says that it is not lets no new users in, so it comes last. */
		ret = dtslot_i2c_in_use(slot, &text);
		if (!ret && slot->ops->check_unused)
			ret = slot->ops->check_unused(slot->priv, &text);
		if (!ret && in_use_fn)
			ret = in_use_fn(slot, &text);
	}
	guard(mutex)(&slot->text_lock);
	slot->error.s[0] = '\0';
	return ret ? dtslot_fail(&slot->error, ret, "detach: %s", text.s) : 0;
}

static int detach_if_wanted(struct dtslot *slot)
{
	return check_in_use(slot) ?: empty(slot);
}

/*
 * Programs have a bus open whose slot is emptied unasked. If its hardware has gone, they
 * get errors; if it is only reset, the slot waits for them.
 */
static void let_go_of_users(struct dtslot *slot)
{
	if (slot->state != DTSLOT_ATTACHED)
		return;
	if (slot->ops->is_gone && slot->ops->is_gone(slot->priv))
		dtslot_i2c_revoke(slot);
	else
		tell_users(slot);
}

static int lose(struct dtslot *slot)
{
	const char *why = xchg(&slot->why_lost, NULL);
	int ret;

	let_go_of_users(slot);
	ret = empty(slot);
	if (!ret && why)
		dtslot_explain(slot, why);
	return ret;
}

static int renew(struct dtslot *slot)
{
	if (slot->state != DTSLOT_ATTACHED)
		return 0;
	dev_info(slot->parent, "%s lost its state, is attached anew\n", slot->model);
	tell_users(slot);
	return empty(slot) ?: fill(slot, false);
}

static int run_locked(struct dtslot *slot, const struct dtslot_job *job)
{
	switch (job->task) {
	case DTSLOT_TASK_ATTACH:
		return fill(slot, job->reports);
	case DTSLOT_TASK_RETRY:
		return slot->state == DTSLOT_FAILED ? fill(slot, false) : -ECANCELED;
	case DTSLOT_TASK_DETACH:
		return detach_if_wanted(slot);
	case DTSLOT_TASK_RENEW:
		return renew(slot);
	case DTSLOT_TASK_LOSE:
		return lose(slot);
	}
	return empty(slot);
}

/**
 * dtslot_run_job() - do what is asked of a slot
 * @slot: the slot
 * @job: the job
 *
 * Context: takes the slot's lock.
 * Return: 0 or a negative error.
 */
int dtslot_run_job(struct dtslot *slot, const struct dtslot_job *job)
{
	int ret;

	guard(mutex)(&slot->lock);
	if (job->task == DTSLOT_TASK_LOSE)
		atomic_dec(&slot->gone);
	if (READ_ONCE(slot->dying))
		return -ENODEV;
	ret = run_locked(slot, job);
	if ((job == &slot->attach || job == &slot->retry) && slot->ops->requested)
		slot->ops->requested(slot->priv, ret);
	return ret;
}

/**
 * dtslot_lose() - detach what is in a slot because its target goes
 * @slot: the slot
 * @outer: the slot that brought the target, locked
 */
void dtslot_lose(struct dtslot *slot, const struct dtslot *outer)
{
	/* An attach that is under way ends early. */
	atomic_inc(&slot->gone);
	guard(mutex)(&slot->lock);
	atomic_dec(&slot->gone);
	if (slot->state != DTSLOT_ATTACHED)
		return;
	tell_users(slot);
	if (take_off(slot))
		return;
	clear_texts(slot);
	scoped_guard(mutex, &slot->text_lock)
		dtslot_fail(&slot->error, -ENODEV, "detached: the target went away with slot %s",
			    dev_name(&outer->dev));
	dtslot_set_state(slot, DTSLOT_FAILED);
}

/**
 * dtslot_leave() - empty a slot whose finder lets go of it
 * @slot: the slot, dying
 *
 * Not announced as empty, as it cannot be filled any more.
 *
 * Context: takes the slot's lock.
 */
void dtslot_leave(struct dtslot *slot)
{
	/* The job that has the lock may wait until a program closes a bus. */
	if (mutex_is_locked(&slot->lock))
		dtslot_i2c_revoke(slot);
	guard(mutex)(&slot->lock);
	if (is_filled(slot)) {
		dtslot_i2c_revoke(slot);
		take_off(slot);
	}
	if (slot->steps) {
		dev_warn(slot->parent, "the nodes stay for good, and module dtslot with them\n");
		dtslot_transaction_abandon(slot);
	}
}

void dtslot_error(struct dtslot *slot, struct dtslot_text *text)
{
	guard(mutex)(&slot->text_lock);
	*text = slot->error;
}
EXPORT_SYMBOL_GPL(dtslot_error);

void dtslot_explain(struct dtslot *slot, const char *text)
{
	guard(mutex)(&slot->text_lock);
	dtslot_fail(&slot->error, 0, "%s", text);
}
EXPORT_SYMBOL_GPL(dtslot_explain);

static void slot_release(struct device *dev)
{
	struct dtslot *slot = container_of(dev, struct dtslot, dev);

	put_device(slot->parent);
	mutex_destroy(&slot->moving);
	mutex_destroy(&slot->text_lock);
	mutex_destroy(&slot->lock);
	lockdep_unregister_key(&slot->key);
	kfree(slot);
}

static const struct class slot_class = {
	.name = "dtslot",
	.dev_groups = dtslot_groups,
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
	INIT_LIST_HEAD(&slot->devices);
	mutex_init(&slot->lock);
	lockdep_register_key(&slot->key);
	lockdep_set_class(&slot->lock, &slot->key);
	mutex_init(&slot->text_lock);
	mutex_init(&slot->moving);
	dtslot_jobs_init(slot);
	dtslot_status_init(slot);
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
	dtslot_jobs_end(slot, MAX_SCHEDULE_TIMEOUT);
	device_unregister(&slot->dev);
}
EXPORT_SYMBOL_GPL(dtslot_destroy);

bool dtslot_destroy_within(struct dtslot *slot, unsigned long timeout)
{
	bool ended = dtslot_jobs_end(slot, timeout);

	if (!ended)
		get_device(&slot->dev);
	device_unregister(&slot->dev);
	return ended;
}
EXPORT_SYMBOL_GPL(dtslot_destroy_within);

void dtslot_put(struct dtslot *slot)
{
	put_device(&slot->dev);
}
EXPORT_SYMBOL_GPL(dtslot_put);

static int end_wait(struct device *dev, void *arg)
{
	struct dtslot *slot = container_of(dev, struct dtslot, dev);

	if (READ_ONCE(slot->waits))
		dtslot_i2c_revoke(slot);
	return 0;
}

/*
 * A job that waits for a program cannot be frozen, and the program does not close the bus
 * once it is: the system could not sleep. The program gets errors, as if the card had gone.
 */
static int pm_event(struct notifier_block *nb, unsigned long action, void *data)
{
	if (action == PM_SUSPEND_PREPARE || action == PM_HIBERNATION_PREPARE ||
	    action == PM_RESTORE_PREPARE)
		class_for_each_device(&slot_class, NULL, NULL, end_wait);
	return NOTIFY_DONE;
}

static struct notifier_block pm_notifier = {
	.notifier_call = pm_event,
};

static int __init dtslot_init(void)
{
	int ret = dtslot_root_make();

	if (ret)
		return ret;
	ret = dtslot_jobs_start();
	if (ret)
		return ret;
	ret = dtslot_status_start();
	if (ret)
		goto err_jobs;
	ret = class_register(&slot_class);
	if (ret)
		goto err_status;
	ret = dtslot_apply_init();
	if (ret)
		goto err_class;
	ret = dtslot_devices_init();
	if (ret)
		goto err_apply;
	ret = register_pm_notifier(&pm_notifier);
	if (ret)
		goto err_devices;
	return 0;

err_devices:
	dtslot_devices_exit();
err_apply:
	dtslot_apply_exit();
err_class:
	class_unregister(&slot_class);
err_status:
	dtslot_status_stop();
err_jobs:
	dtslot_jobs_stop();
	return ret;
}
module_init(dtslot_init);

static void __exit dtslot_exit(void)
{
	unregister_pm_notifier(&pm_notifier);
	dtslot_devices_exit();
	dtslot_apply_exit();
	dtslot_jobs_stop();
	dtslot_status_stop();
	class_unregister(&slot_class);
}
module_exit(dtslot_exit);

MODULE_AUTHOR("The dtslot developers");
MODULE_DESCRIPTION("Slots in the device tree where hardware comes and goes");
MODULE_LICENSE("GPL");
