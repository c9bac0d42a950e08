/* SPDX-License-Identifier: GPL-2.0-only */
/* Inside of the core: shared by the files of slot/, seen by nobody else. */
#ifndef DTSLOT_SLOT_H
#define DTSLOT_SLOT_H

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "../dtslot.h"
#include "../overlay/overlay.h"

/* States of a slot. */
enum dtslot_state {
	DTSLOT_EMPTY,
	DTSLOT_IDENTIFYING,
	DTSLOT_ATTACHING,
	DTSLOT_ATTACHED,
	DTSLOT_DETACHING,
	DTSLOT_FAILED,
	DTSLOT_QUARANTINED,
};

/* What can be asked of a slot. */
enum dtslot_task {
	DTSLOT_TASK_ATTACH,
	DTSLOT_TASK_RETRY,
	DTSLOT_TASK_DETACH,
	DTSLOT_TASK_LOSE,
	DTSLOT_TASK_RENEW,
};

/**
 * struct dtslot_job - something that is asked of a slot (jobs.c)
 * @list: entry in the list of those that wait; empty if it does not
 * @users: the list, and what else refers to it
 * @task: what is asked
 * @reports: a task waits for the result: what is wrong is in "error"
 * @done: completed when it has been done
 * @result: 0 or an error; valid once @done is
 */
struct dtslot_job {
	struct list_head list;
	refcount_t users;
	enum dtslot_task task;
	bool reports;
	struct completion done;
	int result;
};

/**
 * struct dtslot_irq - an interrupt that is mapped
 * @irq: its number
 * @controller: node of its controller, only to compare with
 */
struct dtslot_irq {
	unsigned int irq;
	const struct device_node *controller;
};

/**
 * struct dtslot_irqs - a list of interrupts
 * @irq: the interrupts; sorted by number, each once
 * @count: how many
 * @room: how many @irq has room for
 * @askers: nodes of a slot that ask for interrupts outside of it, mapped or not
 * @asker_count: how many
 * @asker_room: how many @askers has room for
 * @asked: the node that was looked at last is one
 */
struct dtslot_irqs {
	struct dtslot_irq *irq;
	unsigned int count;
	unsigned int room;
	struct device_node **askers;
	u32 asker_count;
	u32 asker_room;
	bool asked;
};

/**
 * struct dtslot_phandles - phandles that are reserved for an overlay
 * @list: entry in the list of all of these
 * @base: the first of them is the one behind this
 * @count: how many; 0 if none are reserved
 * @is_foreign: that of a node which no slot brought, and the list's own
 */
struct dtslot_phandles {
	struct list_head list;
	u32 base;
	u32 count;
	bool is_foreign;
};

/*
 * How many nodes go into the tree at once, or are looked at before the slot is asked whether
 * its hardware is still there. The kernel holds the lock of the tree meanwhile. Drivers of
 * buses see an overlay of no more nodes as a whole, as they do at boot.
 */
#define DTSLOT_PIECE	4096

/**
 * struct dtslot_attached - the nodes and devices that an overlay brought
 * @nodes: the nodes that the overlay added, parents before children
 * @node_count: how many
 * @pieces: the changesets that hold them, DTSLOT_PIECE nodes each but for the last one
 * @piece_count: how many
 * @phandles: those of the nodes: the tree does not show nodes that have lost their parent
 * @standing: interrupts of its nodes that were mapped before the nodes came; its askers
 * @inner_nodes: how many of them are children of another of them
 * @tops: those that are not, sorted by address (registry.c)
 * @top_count: how many
 * @leaving: its nodes are about to go: no slot may use one as target (registry.c)
 * @devices: those made for its nodes, in the order in which they were made
 * @device_count: how many
 * @marked: populate() marked the target as a bus that has its devices
 *
 * Made before the nodes are, freed when the last of them has left the tree.
 */
struct dtslot_attached {
	struct device_node **nodes;
	u32 node_count;
	struct of_changeset *pieces;
	u32 piece_count;
	struct dtslot_phandles phandles;
	struct dtslot_irqs standing;
	u32 inner_nodes;
	struct device_node **tops;
	u32 top_count;
	bool leaving;
	struct device **devices;
	size_t device_count;
	bool marked;
};

/**
 * struct dtslot_status - whether a slot's devices work (status.c)
 * @changed: looks at the devices again
 * @settle: waits until no driver is probing any more
 * @generation: how many states the slot has had
 * @total: how many devices were seen last
 * @bound: how many of them work
 * @announced: how many did when the slot became attached
 * @settled: no probe that began with the attach is under way
 */
struct dtslot_status {
	struct work_struct changed;
	struct work_struct settle;
	unsigned int generation;
	unsigned int total;
	unsigned int bound;
	unsigned int announced;
	bool settled;
};

/**
 * struct dtslot - a place in the live tree where hardware comes and goes
 * @dev: its device in class dtslot
 * @parent: the device it belongs to; a reference is held
 * @ops: callbacks of the finder
 * @priv: the finder's
 * @lock: serialises attach, detach and destroy
 * @jobs_lock: guards @jobs and @dying
 * @jobs: what is asked of it and has not begun
 * @dying: destroy has begun; no more jobs
 * @gone: how many jobs wait that say the hardware has gone, or the target
 * @work: does the jobs
 * @leave: empties the slot for good
 * @left: completed when @leave has
 * @running: the job that is being done, NULL if none is
 * @abandoned: destroy did not wait for the end
 * @over: nothing is left to be done
 * @moving: held while a device of the slot goes, or gets another parent
 * @attach: the job that a finder requests, its result is for nobody but the finder
 * @retry: ditto, for an attach that failed
 * @detach: those that a finder requests, for each reason
 * @state: where it stands; written under @lock
 * @text_lock: guards what sysfs shows: @error, @model, @revision, @serial, @overlay
 * @error: why it is failed or quarantined, also while an attach is tried again; empty otherwise
 * @model: what is plugged in; empty if nothing
 * @revision: of the model; may be empty
 * @serial: its serial number; may be empty
 * @overlay: where the overlay came from; empty if nothing
 * @why_lost: what @error says once what was lost has been taken off; may be NULL
 * @waits: a job may wait until a program closes a bus
 * @started: the finder's start() has succeeded, and stop() has not been called
 * @site: target and exports, valid from prepare() to unprepare()
 * @singletons: as identify() said, see struct dtslot_source
 * @attached: what the overlay brought; NULL if nothing (registry.c)
 * @steps: how many steps of the transaction stand
 * @list: entry in the list of slots that have a target (registry.c)
 * @devices: the devices of its nodes (devices.c)
 * @status: whether they work
 * @key: lockdep's class of @lock: slots nest, always from the outer one inwards
 */
struct dtslot {
	struct device dev;
	struct device *parent;
	const struct dtslot_ops *ops;
	void *priv;
	struct mutex lock;	/* serialises attach, detach, destroy */
	spinlock_t jobs_lock;	/* guards jobs, dying */
	struct list_head jobs;
	bool dying;
	atomic_t gone;
	struct work_struct work;
	struct work_struct leave;
	struct completion left;
	struct dtslot_job *running;
	bool abandoned;
	bool over;
	struct mutex moving;	/* a device of the slot goes, or gets another parent */
	struct dtslot_job attach;
	struct dtslot_job retry;
	struct dtslot_job detach[DTSLOT_RENEWED + 1];
	enum dtslot_state state;
	struct mutex text_lock;	/* guards the texts below */
	struct dtslot_text error;
	char model[64];
	char revision[20];
	char serial[40];
	char overlay[128];
	const char *why_lost;
	bool waits;
	bool started;
	struct dtslot_site site;
	const struct dtslot_singleton *singletons;
	struct dtslot_attached *attached;
	unsigned int steps;
	struct list_head list;
	struct list_head devices;
	struct dtslot_status status;
	struct lock_class_key key;
};

/* slot.c */
int dtslot_run_job(struct dtslot *slot, const struct dtslot_job *job);
void dtslot_lose(struct dtslot *slot, const struct dtslot *outer);
void dtslot_leave(struct dtslot *slot);
int dtslot_watch_flash(struct dtslot_text *text);

/* jobs.c */
void dtslot_jobs_init(struct dtslot *slot);
bool dtslot_jobs_end(struct dtslot *slot, unsigned long timeout);
int dtslot_jobs_start(void);
void dtslot_jobs_stop(void);

/* root.c */
int dtslot_root_make(void);

/* sysfs.c */
extern const struct attribute_group *dtslot_groups[];

void dtslot_set_state(struct dtslot *slot, enum dtslot_state state);

/* registry.c */
int dtslot_registry_enter(struct dtslot *slot, struct dtslot_text *text);
void dtslot_registry_leave(struct dtslot *slot);
int dtslot_attached_create(struct dtslot *slot, struct dtslot_text *text);
int dtslot_attached_make_room(struct dtslot_attached *attached, u32 nodes);
struct of_changeset *dtslot_attached_piece(struct dtslot_attached *attached);
void dtslot_attached_destroy(struct dtslot *slot);
void dtslot_attached_leak(struct dtslot *slot);
void dtslot_registry_set(struct dtslot *slot, struct device_node **tops, u32 count);
struct dtslot *dtslot_registry_find(const struct device_node *np);
typedef void (*dtslot_node_fn)(struct device_node *np, void *arg);
void dtslot_registry_walk_tops(const struct dtslot *slot, dtslot_node_fn fn, void *arg);
void dtslot_registry_evict(struct dtslot *outer);
typedef int (*dtslot_slot_fn)(const struct dtslot *slot, void *arg);
int dtslot_registry_walk(dtslot_slot_fn fn, void *arg);
struct device_node *dtslot_registry_next_outside(struct device_node *np);
void dtslot_registry_note_foreign(const struct device_node *np);
void dtslot_registry_lock(void);
void dtslot_registry_unlock(void);

/* transaction.c: all with the slot's lock held */
int dtslot_transaction_run(struct dtslot *slot);
int dtslot_transaction_undo(struct dtslot *slot, struct dtslot_text *text);
void dtslot_transaction_stop(struct dtslot *slot);
void dtslot_transaction_abandon(struct dtslot *slot);
bool dtslot_is_gone(const struct dtslot *slot);
int dtslot_check_here(const struct dtslot *slot, struct dtslot_text *text);

/* phandles.c */
int dtslot_phandles_reserve(struct dtslot_phandles *p, u32 count, struct dtslot_text *text);
void dtslot_phandles_move(struct dtslot_phandles *from, struct dtslot_phandles *to);
void dtslot_phandles_release(struct dtslot_phandles *p);
void dtslot_phandles_changed(const struct device_node *np, bool came, bool is_own);
void dtslot_phandles_forget(void);

/* apply.c */
int dtslot_apply(struct dtslot *slot, struct dtslot_text *text);
int dtslot_revert(struct dtslot_attached *attached);
int dtslot_apply_init(void);
void dtslot_apply_exit(void);

/* scope.c */
struct device_node *dtslot_scope_node(struct dtslot *slot, const char *label);
void dtslot_tree_scope(struct dtslot *slot, struct dtslot_scope *scope,
		       char *exports, size_t size);

/* node.c */
int dtslot_node_add(struct dtslot *slot, struct device_node *parent,
		    const struct dtslot_blob *b, u32 node, struct device_node **np);

/* tree.c */
int dtslot_tree_add(struct dtslot *slot, struct dtslot_overlay *overlay,
		    struct dtslot_text *text);
int dtslot_tree_remove(struct dtslot *slot, struct dtslot_text *text);
void dtslot_tree_quarantine(struct dtslot *slot);

/* trusted.c */
int dtslot_trusted_check(const void *data, size_t size, struct dtslot_text *text);

/* singleton.c */
int dtslot_singleton_compatible(const struct dtslot *slot, const char *compatible,
				const char **replacement);
void dtslot_singletons_release(const struct dtslot *slot);

/* index.c */
int dtslot_index_add(struct dtslot *slot);
void dtslot_index_remove(struct dtslot_attached *attached);
struct device_node *dtslot_index_find(u32 phandle);

/* suppliers.c */
typedef int (*dtslot_supplier_fn)(struct device_node *user, struct device_node *supplier,
				  void *arg);

bool dtslot_is_below(const struct device_node *np, const struct device_node *top);
struct device_node *dtslot_next_in_subtree(const struct device_node *top, struct device_node *np);
struct device_node *dtslot_next_outside(const struct device_node *top, struct device_node *np);
struct device_node *dtslot_next_of_device(const struct device_node *top, struct device_node *np);
int dtslot_walk_node_suppliers(struct device_node *np, dtslot_supplier_fn fn, void *arg);
int dtslot_walk_suppliers(struct device_node *top, dtslot_supplier_fn fn, void *arg);

/* devices.c */
int dtslot_devices_init(void);
void dtslot_devices_exit(void);
void dtslot_devices_forget(struct dtslot *slot);
struct device *dtslot_device_get(const struct device_node *np);

/* status.c */
extern const struct attribute_group dtslot_status_group;
void dtslot_status_init(struct dtslot *slot);
void dtslot_status_enter(struct dtslot *slot, char *text, size_t size);
void dtslot_status_changed(struct dtslot *slot);
int dtslot_status_start(void);
void dtslot_status_stop(void);

/* links.c */
void dtslot_claim_links(const struct dtslot *slot, struct device_node *np);

/* populate.c */
bool dtslot_is_bus(const struct device_node *np);
bool dtslot_makes_devices(const struct dtslot *slot, const struct device_node *parent);
bool dtslot_makes_device(const struct dtslot *slot, const struct device_node *np);
bool dtslot_is_device_node(const struct device_node *np);
int dtslot_populate(struct dtslot *slot, struct dtslot_text *text);
void dtslot_depopulate(struct dtslot *slot);

/* quirks.c */
void dtslot_quirk_added(struct device *dev);
void dtslot_quirk_removed(struct device *dev);
void dtslot_quirk_unbind(struct device *dev);
void dtslot_quirk_unbound(struct device *dev);
bool dtslot_quirk_label_is_global(const struct device_node *np, size_t len);
bool dtslot_quirk_names_its_clock(const struct device_node *np);
bool dtslot_quirk_is_monitor(const struct device_node *np);

/* mappings.c */
int dtslot_outer_interrupts(const struct dtslot *slot, struct dtslot_irqs *irqs);
int dtslot_dispose_interrupts(const struct dtslot *slot, const struct dtslot_irqs *irqs,
			      const struct dtslot_irqs *standing);
void dtslot_free_irqs(struct dtslot_irqs *irqs);
void dtslot_dispose_subtree(struct device_node *top);

#endif
