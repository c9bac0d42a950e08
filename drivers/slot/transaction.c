// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attach and detach: one list of steps, run forwards and undone backwards.
 */
#include <linux/firmware.h>
#include <linux/slab.h>

#include "../compat.h"
#include "slot.h"

/**
 * struct transaction - what the steps of one attach hand to each other
 * @slot: the slot
 * @for_id: the overlay is there for identify() only
 * @source: what identify() or id_overlay() found
 * @firmware: the overlay's file, if that is where it came from
 * @data: the overlay as it came
 * @size: bytes at @data
 * @overlay: the overlay, checked and patched
 * @phandles: reserved for its nodes until they are in the live tree
 * @text: what the failing step says
 */
struct transaction {
	struct dtslot *slot;
	bool for_id;
	struct dtslot_source source;
	const struct firmware *firmware;
	const void *data;
	size_t size;
	struct dtslot_overlay overlay;
	struct dtslot_phandles phandles;
	struct dtslot_text text;
};

static void unprepare(struct dtslot *slot)
{
	if (slot->ops->unprepare)
		slot->ops->unprepare(slot->priv);
}

static int do_prepare(struct transaction *t)
{
	struct dtslot *slot = t->slot;
	int ret;

	memset(&slot->site, 0, sizeof(slot->site));
	ret = slot->ops->prepare(slot->priv, &slot->site, &t->text);
	if (ret)
		return ret;
	ret = dtslot_registry_enter(slot, &t->text);
	if (ret)
		goto err_unprepare;
	ret = slot->ops->start ? slot->ops->start(slot->priv, &t->text) : 0;
	if (ret)
		goto err_leave;
	slot->started = true;
	return 0;

err_leave:
	dtslot_registry_leave(slot);
err_unprepare:
	unprepare(slot);
	return ret;
}

/**
 * dtslot_transaction_stop() - stop the hardware of a slot, if it is started
 * @slot: the slot, locked
 */
void dtslot_transaction_stop(struct dtslot *slot)
{
	if (slot->started && slot->ops->stop)
		slot->ops->stop(slot->priv);
	slot->started = false;
}

static int undo_prepare(struct dtslot *slot, struct dtslot_text *text)
{
	dtslot_transaction_stop(slot);
	dtslot_registry_leave(slot);
	unprepare(slot);
	memset(&slot->site, 0, sizeof(slot->site));
	return 0;
}

/**
 * dtslot_transaction_abandon() - give up what does not come off
 * @slot: the slot, quarantined and locked
 *
 * The nodes stay. The finder is called for the last time, and no slot owns the nodes.
 */
void dtslot_transaction_abandon(struct dtslot *slot)
{
	struct dtslot_text text;

	dtslot_attached_leak(slot);
	undo_prepare(slot, &text);
	slot->steps = 0;
}

static int identify_by_overlay(struct transaction *t);

static int do_identify(struct transaction *t)
{
	struct dtslot *slot = t->slot;
	int ret;

	if (slot->ops->id_overlay)
		ret = identify_by_overlay(t);
	else
		ret = slot->ops->identify(slot->priv, &t->source, &t->text);
	if (ret)
		return ret;
	slot->singletons = t->source.singletons;
	guard(mutex)(&slot->text_lock);
	strscpy(slot->model, t->source.model, sizeof(slot->model));
	strscpy(slot->revision, t->source.revision, sizeof(slot->revision));
	strscpy(slot->serial, t->source.serial, sizeof(slot->serial));
	return 0;
}

/* What the finder has, where root has no file. */
static int load_of_finder(struct transaction *t)
{
	struct dtslot *slot = t->slot;
	struct dtslot_source *s = &t->source;
	int ret = slot->ops->carried ? slot->ops->carried(slot->priv, s, &t->text) : 0;

	if (ret)
		return ret;
	if (!s->data)
		return dtslot_fail(&t->text, -ENOENT,
				   "no overlay: put one into /lib/firmware/%s and write 1 to 'attach'",
				   s->firmware);
	t->data = s->data;
	t->size = s->size;
	return 0;
}

static int do_load(struct transaction *t)
{
	struct dtslot *slot = t->slot;
	struct dtslot_source *s = &t->source;
	int ret = -ENOENT;

	if (s->firmware[0])
		ret = dtslot_firmware_request(&t->firmware, s->firmware, &slot->dev);
	if (!ret) {
		t->data = t->firmware->data;
		t->size = t->firmware->size;
	} else if (ret != -ENOENT) {
		return dtslot_fail(&t->text, ret,
				   "cannot read /lib/firmware/%s (error %d): is it empty?",
				   s->firmware, ret);
	} else {
		ret = load_of_finder(t);
		if (ret)
			return ret;
	}
	if (t->for_id)
		return 0;
	guard(mutex)(&slot->text_lock);
	scnprintf(slot->overlay, sizeof(slot->overlay), "%s",
		  t->firmware ? s->firmware : s->data_name);
	return 0;
}

static int do_trust(struct transaction *t)
{
	if (!t->firmware && !t->source.from_outside)
		return 0;
	return dtslot_trusted_check(t->data, t->size, &t->text);
}

static int do_check(struct transaction *t)
{
	struct dtslot_scope scope;
	char exports[128];

	dtslot_tree_scope(t->slot, &scope, exports, sizeof(exports));
	return dtslot_overlay_open(&t->overlay, t->data, t->size, &scope, &t->text);
}

static int do_resolve(struct transaction *t)
{
	struct dtslot_scope scope;
	char exports[128];

	int ret;

	dtslot_tree_scope(t->slot, &scope, exports, sizeof(exports));
	ret = dtslot_overlay_resolve(&t->overlay, &scope, &t->text);
	if (ret)
		return ret;
	/* Only now: an overlay that is refused takes nothing. */
	ret = dtslot_phandles_reserve(&t->phandles, t->overlay.phandle_count, &t->text);
	if (ret)
		return ret;
	dtslot_overlay_number(&t->overlay, t->phandles.base);
	return 0;
}

static bool is_called(const char *name, const char *what)
{
	size_t len = strcspn(name, "@");

	return len == strlen(what) && !strncmp(name, what, len);
}

/*
 * Whether a node is a flash memory: by the names that the binding of MTDs has, or by what
 * compatibles of flashes have in common, as a card may call its nodes what it likes.
 */
static bool is_flash(const struct dtslot_blob *b, u32 node)
{
	static const char *const kinds[] = { "-nor", "nand", "flash", "mtd-" };
	const char *name = dtslot_blob_name(b, node);
	struct dtslot_blob_prop p;
	unsigned int i;

	if (is_called(name, "flash") || is_called(name, "nand"))
		return true;
	if (!dtslot_blob_prop(b, node, "compatible", &p))
		return false;
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strnstr((const char *)b->data + p.value, kinds[i], p.len))
			return true;
	return false;
}

static bool brings_flash(const struct dtslot_blob *b)
{
	u32 i;

	for (i = 0; i < b->count; i++)
		if (is_flash(b, i))
			return true;
	return false;
}

static int do_apply(struct transaction *t)
{
	int ret = 0;

	if (IS_ENABLED(CONFIG_MTD) && brings_flash(&t->overlay.blob))
		ret = dtslot_watch_flash(&t->text);
	ret = ret ?: dtslot_attached_create(t->slot, &t->text);
	if (ret)
		return ret;
	ret = dtslot_tree_add(t->slot, &t->overlay, &t->text);
	if (ret)
		dtslot_attached_destroy(t->slot);
	else
		dtslot_phandles_move(&t->phandles, &t->slot->attached->phandles);
	return ret;
}

static int undo_apply(struct dtslot *slot, struct dtslot_text *text)
{
	int ret;

	dtslot_registry_evict(slot);
	ret = dtslot_tree_remove(slot, text);
	if (ret) {
		dtslot_tree_quarantine(slot);
		dtslot_transaction_stop(slot);
		return ret;
	}
	dtslot_attached_destroy(slot);
	return 0;
}

static int do_populate(struct transaction *t)
{
	struct dtslot *slot = t->slot;
	int ret = slot->ops->described ? slot->ops->described(slot->priv, &t->text) : 0;

	if (ret)
		return ret;
	ret = dtslot_populate(slot, &t->text);
	if (ret && slot->ops->undescribed)
		slot->ops->undescribed(slot->priv);
	return ret;
}

static int undo_populate(struct dtslot *slot, struct dtslot_text *text)
{
	if (slot->ops->leaving)
		slot->ops->leaving(slot->priv);
	dtslot_registry_evict(slot);
	dtslot_depopulate(slot);
	if (slot->ops->undescribed)
		slot->ops->undescribed(slot->priv);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct transaction *t);
	int (*undo)(struct dtslot *slot, struct dtslot_text *text);
	enum dtslot_state state;
} steps[] = {
	{ "prepare",	do_prepare,	undo_prepare,	DTSLOT_IDENTIFYING },
	{ "identify",	do_identify,	NULL,		DTSLOT_IDENTIFYING },
#define STEP_LOAD 2
	{ "load",	do_load,	NULL,		DTSLOT_IDENTIFYING },
	{ "trust",	do_trust,	NULL,		DTSLOT_IDENTIFYING },
	{ "check",	do_check,	NULL,		DTSLOT_ATTACHING },
	{ "resolve",	do_resolve,	NULL,		DTSLOT_ATTACHING },
	{ "apply",	do_apply,	undo_apply,	DTSLOT_ATTACHING },
	{ "populate",	do_populate,	undo_populate,	DTSLOT_ATTACHING },
};

/* Undo the steps that stand beyond @keep, last first. */
static int undo_steps(struct dtslot *slot, unsigned int keep, struct dtslot_text *text)
{
	int ret;

	for (; slot->steps > keep; slot->steps--) {
		if (!steps[slot->steps - 1].undo)
			continue;
		ret = steps[slot->steps - 1].undo(slot, text);
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * dtslot_is_gone() - whether an attach that is under way has lost its object
 * @slot: the slot, locked
 *
 * Return: true if the hardware, the target or the slot itself goes; the attach is to
 * end with -ECANCELED.
 */
bool dtslot_is_gone(const struct dtslot *slot)
{
	return READ_ONCE(slot->dying) || atomic_read(&slot->gone) ||
	       (slot->ops->is_gone && slot->ops->is_gone(slot->priv));
}

/**
 * dtslot_check_here() - end an attach that has lost its object
 * @slot: the slot, locked
 * @text: receives the message then
 *
 * Return: 0, or -ECANCELED if dtslot_is_gone().
 */
int dtslot_check_here(const struct dtslot *slot, struct dtslot_text *text)
{
	if (!dtslot_is_gone(slot))
		return 0;
	return dtslot_fail(text, -ECANCELED, "unplugged meanwhile");
}

/*
 * Run the steps beyond those that stand; on failure the slot stands at the one that
 * failed. A step that fails because its object goes does not say that it does.
 */
static int run_steps(struct transaction *t)
{
	struct dtslot *slot = t->slot;
	int ret;

	for (; slot->steps < ARRAY_SIZE(steps); slot->steps++) {
		ret = slot->steps ? dtslot_check_here(slot, &t->text) : 0;
		if (ret)
			return ret;
		if (!t->for_id)
			dtslot_set_state(slot, steps[slot->steps].state);
		ret = steps[slot->steps].run(t);
		if (ret)
			return dtslot_check_here(slot, &t->text) ?: ret;
	}
	return 0;
}

static void free_transaction(struct transaction *t)
{
	dtslot_phandles_release(&t->phandles);
	dtslot_overlay_close(&t->overlay);
	release_firmware(t->firmware);
	kvfree(t->source.owned);
	kfree(t);
}

/*
 * Bring in the overlay that makes the ID readable, have it read, and take the
 * overlay off again. The same steps do it, one transaction inside the other.
 */
static int identify_by_overlay(struct transaction *t)
{
	struct dtslot *slot = t->slot;
	unsigned int standing = slot->steps;
	struct transaction *id;
	int ret, err;

	id = kzalloc_obj(*id);
	if (!id)
		return dtslot_fail(&t->text, -ENOMEM, "no memory for the transaction");
	id->slot = slot;
	id->for_id = true;
	slot->singletons = NULL;
	ret = slot->ops->id_overlay(slot->priv, &id->source, &id->text);
	if (!ret) {
		slot->steps = STEP_LOAD;
		ret = run_steps(id);
	}
	if (ret)
		dtslot_fail(&t->text, ret, "%s", id->text.s);
	else
		ret = slot->ops->identify(slot->priv, &t->source, &t->text);
	err = undo_steps(slot, STEP_LOAD, &t->text);
	if (!err)
		slot->steps = standing;
	free_transaction(id);
	return err ?: ret;
}

/**
 * dtslot_transaction_undo() - undo the steps that stand, last first
 * @slot: the slot, locked
 * @text: receives the message on failure
 *
 * Return: 0 with no step left standing, or the error of the undo that failed;
 * that step and those before it stand.
 */
int dtslot_transaction_undo(struct dtslot *slot, struct dtslot_text *text)
{
	return undo_steps(slot, 0, text);
}

/**
 * dtslot_transaction_run() - run all steps, or none
 * @slot: the slot, locked, no step standing
 *
 * On failure the error text of the slot names the step.
 *
 * Return: 0 or the failed step's error.
 */
int dtslot_transaction_run(struct dtslot *slot)
{
	struct transaction *t;
	int ret;

	t = kzalloc_obj(*t);
	if (!t) {
		guard(mutex)(&slot->text_lock);
		return dtslot_fail(&slot->error, -ENOMEM, "begin: no memory for the transaction");
	}
	t->slot = slot;
	slot->steps = 0;
	ret = run_steps(t);
	if (ret) {
		scoped_guard(mutex, &slot->text_lock)
			dtslot_fail(&slot->error, ret, "%s: %s", steps[slot->steps].name,
				    t->text.s);
		if (dtslot_transaction_undo(slot, &t->text))
			dev_err(slot->parent, "roll-back stopped: %s\n", t->text.s);
	}
	free_transaction(t);
	return ret;
}
