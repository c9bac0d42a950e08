// SPDX-License-Identifier: GPL-2.0-only
/*
 * Applying a changeset, and which of its nodes a bus refused; freeing one.
 *
 * of_changeset_apply() tells each node to the buses, goes on when one of them fails, and
 * returns an error without a name. Two notifiers of our own, the first and the last in
 * the chain, see each node go in and come out: a node that does not come out was
 * refused in between. The first one also tells of nodes that are not a slot's.
 */
#include <linux/export.h>
#include <linux/notifier.h>
#include <linux/of.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#include "slot.h"

/**
 * struct watch - a changeset that is being applied
 * @list: entry in the list of all of them
 * @task: by which thread; the notifiers run there
 * @cset: the changeset
 * @told: its last entry of which they have told
 * @passing: node that is told to the buses now
 * @refused: the first node that one of them refused
 */
struct watch {
	struct list_head list;
	struct task_struct *task;
	struct of_changeset *cset;
	struct of_changeset_entry *told;
	struct device_node *passing;
	struct device_node *refused;
};

static DEFINE_SPINLOCK(watches_lock);
static LIST_HEAD(watches);

/* The watch of this thread's innermost changeset, or NULL. */
static struct watch *find_watch(void)
{
	struct watch *w;

	guard(spinlock)(&watches_lock);
	list_for_each_entry(w, &watches, list)
		if (w->task == current)
			return w;
	return NULL;
}

static void note_refusal(struct watch *w)
{
	if (w->passing && !w->refused)
		w->refused = w->passing;
	w->passing = NULL;
}

/*
 * Whether a node is the next one of the changeset. A driver that probes while a node is told
 * to its bus may bring others in this thread.
 */
static bool is_next(struct watch *w, const struct device_node *np)
{
	struct of_changeset_entry *ce = w->told;

	list_for_each_entry_continue(ce, &w->cset->entries, node) {
		if (ce->action != OF_RECONFIG_ATTACH_NODE)
			continue;
		if (ce->np != np)
			return false;
		w->told = ce;
		return true;
	}
	return false;
}

static int enter(struct notifier_block *nb, unsigned long action, void *data)
{
	struct of_reconfig_data *rd = data;
	bool comes = action == OF_RECONFIG_ATTACH_NODE;
	struct watch *w = comes ? find_watch() : NULL;
	bool is_own = w && is_next(w, rd->dn);

	if (is_own) {
		note_refusal(w);
		w->passing = rd->dn;
	}
	if (comes && !is_own)
		dtslot_registry_note_foreign(rd->dn);
	if (comes || action == OF_RECONFIG_DETACH_NODE)
		dtslot_phandles_changed(rd->dn, comes, is_own);
	return NOTIFY_DONE;
}

static int leave(struct notifier_block *nb, unsigned long action, void *data)
{
	struct of_reconfig_data *rd = data;
	struct watch *w = action == OF_RECONFIG_ATTACH_NODE ? find_watch() : NULL;

	if (w && w->passing == rd->dn)
		w->passing = NULL;
	return NOTIFY_DONE;
}

static struct notifier_block first = { .notifier_call = enter, .priority = INT_MAX };
static struct notifier_block last = { .notifier_call = leave, .priority = INT_MIN };

/* Put the nodes of a changeset into the live tree; on failure they are out again. */
static int apply_piece(struct of_changeset *cset, struct dtslot_text *text)
{
	struct watch w = {
		.task = current,
		.cset = cset,
		.told = list_entry(&cset->entries, struct of_changeset_entry, node),
	};
	int ret;

	scoped_guard(spinlock, &watches_lock)
		list_add(&w.list, &watches);
	ret = of_changeset_apply(cset);
	scoped_guard(spinlock, &watches_lock)
		list_del(&w.list);
	if (!ret)
		return 0;
	note_refusal(&w);
	if (w.refused)
		dtslot_fail(text, ret, "a bus refused node %pOF (error %d)%s", w.refused, ret,
			    ret == -EBUSY ?
			    ": does another device have its address, chip select or line?" : "");
	else
		dtslot_fail(text, ret, "the live tree refused the nodes (error %d)", ret);
	/* A notifier's error leaves the nodes in. */
	of_changeset_revert(cset);
	return ret;
}

static int revert_pieces(struct dtslot_attached *attached, u32 count)
{
	int ret = 0, err;

	while (count--) {
		err = of_changeset_revert(&attached->pieces[count]);
		ret = ret ?: err;
	}
	return ret;
}

/**
 * dtslot_apply() - put the nodes of a slot into the live tree
 * @slot: the slot, locked, its nodes made
 * @text: receives the message on failure: which node was refused
 *
 * Return: 0, or a negative error; then the nodes are out again.
 */
int dtslot_apply(struct dtslot *slot, struct dtslot_text *text)
{
	struct dtslot_attached *attached = slot->attached;
	int ret = 0;
	u32 i;

	for (i = 0; i < attached->piece_count; i++) {
		ret = i ? dtslot_check_here(slot, text) : 0;
		ret = ret ?: apply_piece(&attached->pieces[i], text);
		if (ret)
			break;
	}
	if (ret)
		revert_pieces(attached, i);
	return ret;
}

/**
 * dtslot_revert() - take the nodes of dtslot_apply() out of the live tree
 * @attached: the nodes
 *
 * Return: 0, or what a bus said meanwhile; the nodes are out.
 */
int dtslot_revert(struct dtslot_attached *attached)
{
	return revert_pieces(attached, attached->piece_count);
}

/**
 * dtslot_changeset_destroy() - free a changeset whose nodes are out of the tree
 * @cset: the changeset
 *
 * A node that is held longer, by the NVMEM device of an open flash for one, does not hold
 * the node above it, and the kernel follows that pointer to print a path. So each node is
 * below the root from here on, which is never freed.
 */
void dtslot_changeset_destroy(struct of_changeset *cset)
{
	struct of_changeset_entry *ce;

	list_for_each_entry(ce, &cset->entries, node)
		if (ce->action == OF_RECONFIG_ATTACH_NODE)
			WRITE_ONCE(ce->np->parent, of_root);
	/* Takes the lock under which the kernel follows the pointer: it has done so by now. */
	of_node_put(of_get_parent(of_root));
	of_changeset_destroy(cset);
}
EXPORT_SYMBOL_GPL(dtslot_changeset_destroy);

/**
 * dtslot_apply_init() - begin to listen to changes of the live tree
 *
 * Return: 0 or a negative error.
 */
int dtslot_apply_init(void)
{
	int ret = of_reconfig_notifier_register(&first);

	if (ret)
		return ret;
	ret = of_reconfig_notifier_register(&last);
	if (ret) {
		of_reconfig_notifier_unregister(&first);
		dtslot_phandles_forget();
	}
	return ret;
}

/**
 * dtslot_apply_exit() - end what dtslot_apply_init() began
 */
void dtslot_apply_exit(void)
{
	of_reconfig_notifier_unregister(&last);
	of_reconfig_notifier_unregister(&first);
	dtslot_phandles_forget();
}
