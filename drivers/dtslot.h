/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dtslot - places in the live device tree where hardware comes and goes.
 *
 * What a finder (pci/, connector/, manual/) calls of the core (slot/).
 */
#ifndef DTSLOT_H
#define DTSLOT_H

#include <linux/device.h>
#include <linux/types.h>

#include "overlay/blob.h"

struct device_node;
struct dtslot;
struct firmware;
struct module;
struct of_changeset;

/**
 * struct dtslot_export - a label that overlays of a slot may refer to
 * @label: the name an overlay uses, as in ``&label``
 * @np: the node it stands for; the finder holds a reference as long as the
 *	slot is prepared
 */
struct dtslot_export {
	const char *label;
	struct device_node *np;
};

/**
 * struct dtslot_site - where in the live tree a slot is, as prepare() finds it
 * @target: the slot's own node; overlays add below it. The finder holds the
 *	reference until unprepare()
 * @exports: labels that overlays may use, ended by an entry without a label;
 *	NULL if there are none
 * @bus_driver: the target is a bus whose driver makes the devices of nodes that
 *	are added below it (I2C, SPI); otherwise they become platform devices
 */
struct dtslot_site {
	struct device_node *target;
	const struct dtslot_export *exports;
	bool bus_driver;
};

/**
 * struct dtslot_singleton - a driver that can serve one device in the system
 * @compatible: what devices it binds to
 * @stand_in: compatible that a further device gets instead
 */
struct dtslot_singleton {
	const char *compatible;
	const char *stand_in;
};

/**
 * struct dtslot_source - where the overlay of a slot comes from
 * @model: name of what is plugged in, for people and for sysfs
 * @revision: of the model, for people; may be empty
 * @serial: number of what is plugged in, for people; may be empty
 * @firmware: name under /lib/firmware to try first; NULL for none
 * @data: the overlay to use if there is no such firmware; NULL for none
 * @size: bytes at @data
 * @data_name: what to call @data in the "overlay" attribute
 * @from_outside: @data is not part of a module: dtslot.trusted is asked
 * @owned: memory with @data in it, which the core frees by kvfree(); NULL if it stays
 *	the finder's
 * @singletons: drivers of its devices that can serve one only, ended by an
 *	entry without a compatible; NULL if there are none
 */
struct dtslot_source {
	char model[64];
	char revision[20];
	char serial[40];
	char firmware[96];
	const void *data;
	size_t size;
	const char *data_name;
	bool from_outside;
	void *owned;
	const struct dtslot_singleton *singletons;
};

/**
 * struct dtslot_ops - what a finder does for its slots
 * @prepare: find or make the nodes that an overlay needs. Fills @site. On failure
 *	writes a message and leaves nothing
 * @unprepare: optional; undo prepare(). All devices are gone, and the nodes too unless the slot
 *	is destroyed while it is quarantined: then what is above them has to stay
 * @start: optional; make the hardware ready after prepare(): power, interrupt, DMA. On
 *	failure writes a message and leaves nothing
 * @stop: optional; undo start(). Cannot fail. All devices are gone or have no driver, and
 *	the nodes are gone or do not come off
 * @id_overlay: optional; name the overlay that makes what is plugged in
 *	tell who it is. It is in place while identify() runs, and only then. On
 *	failure writes a message
 * @identify: say which overlay belongs to what is plugged in; runs after
 *	prepare(). On failure writes a message
 * @carried: optional; there is no firmware file: have the source say which overlay what is
 *	plugged in carries, or leave the source as identify() has filled it. On failure
 *	writes a message
 * @described: optional; the nodes of what is plugged in are below the site's
 *	target now, devices are made next. On failure writes a message
 * @leaving: optional; drivers of the devices are about to go, and use the hardware for it
 * @undescribed: optional; undo described(); the devices of the slot are gone, its nodes
 *	go next
 * @is_gone: optional; whether what prepare() saw is not there any more. Asked
 *	before each further step and device; if so, attach ends with -ECANCELED
 * @check_unused: optional; root wants the slot emptied. Returns 0, or -EBUSY if something
 *	beside the slot and programs uses its devices, and then writes a message
 * @works: optional; whether the device of a node works that the finder made on a bus that the
 *	core does not listen to: 1, 0 if it lacks its driver, -ENODEV if there is none. Also
 *	called without the slot's lock, while something is attached; must not sleep
 * @requested: optional; an attach that dtslot_request_attach() or dtslot_request_retry()
 *	asked for has ended, with this result. May request something
 *
 * @abandoned: needed by dtslot_destroy_within() only; all is gone of a slot that it did
 *	not wait for. Called without the slot's lock
 * @owner: module of these functions
 *
 * All but works() are called with the slot's lock held, in a work item, and may sleep; they
 * must not call back into dtslot_attach(), dtslot_detach() or dtslot_destroy(). None is
 * called after dtslot_destroy() has returned.
 */
struct dtslot_ops {
	int (*prepare)(void *priv, struct dtslot_site *site, struct dtslot_text *text);
	void (*unprepare)(void *priv);
	int (*start)(void *priv, struct dtslot_text *text);
	void (*stop)(void *priv);
	int (*id_overlay)(void *priv, struct dtslot_source *source, struct dtslot_text *text);
	int (*identify)(void *priv, struct dtslot_source *source, struct dtslot_text *text);
	int (*carried)(void *priv, struct dtslot_source *source, struct dtslot_text *text);
	int (*described)(void *priv, struct dtslot_text *text);
	void (*leaving)(void *priv);
	void (*undescribed)(void *priv);
	bool (*is_gone)(void *priv);
	int (*check_unused)(void *priv, struct dtslot_text *text);
	int (*works)(void *priv, struct device_node *np);
	void (*requested)(void *priv, int result);
	void (*abandoned)(void *priv);
	struct module *owner;
};

/**
 * enum dtslot_reason - why a slot is emptied
 * @DTSLOT_WANTED: root wants it; refused while its devices are in use
 * @DTSLOT_GONE: the hardware has gone; nothing is asked. What was asked of the slot
 *	before and has not begun is void, and an attach that is under way ends early
 * @DTSLOT_RENEWED: the hardware has forgotten what its drivers told it; the slot is filled
 *	again at once. A slot that is not attached stays as it is
 */
enum dtslot_reason {
	DTSLOT_WANTED,
	DTSLOT_GONE,
	DTSLOT_RENEWED,
};

/**
 * dtslot_create() - make a slot, empty, and its face in /sys/class/dtslot/
 * @parent: the device the slot belongs to; parent of what the overlay brings
 * @name: name of the slot, unique in the system
 * @ops: the finder's callbacks
 * @priv: handed back to them
 *
 * Return: the slot, or an ERR_PTR.
 */
struct dtslot *dtslot_create(struct device *parent, const char *name,
			     const struct dtslot_ops *ops, void *priv);

/**
 * dtslot_destroy() - detach what is in a slot and take the slot away
 * @slot: the slot; gone on return
 *
 * If the overlay cannot be taken off, its nodes stay in the live tree and the
 * log says so; nothing of the slot is used any more all the same. An attach that is
 * under way ends early; what else was asked of the slot ends with -ENODEV.
 *
 * Context: may sleep, also while the system does.
 */
void dtslot_destroy(struct dtslot *slot);

/**
 * dtslot_destroy_within() - as dtslot_destroy(), but do not wait for ever
 * @slot: the slot
 * @timeout: how long to wait, in jiffies
 *
 * Drivers of hardware that has died may poll it for minutes. What is not done by then
 * goes on by itself: the slot is gone for userspace, the finder's callbacks are still
 * called, the last is abandoned(), and until then its module stays.
 *
 * Context: as dtslot_destroy().
 * Return: true, and @slot is gone; or false, and the caller drops it by dtslot_put().
 */
bool dtslot_destroy_within(struct dtslot *slot, unsigned long timeout);

/**
 * dtslot_orphan() - part the devices of a slot from the device that it belongs to
 * @slot: the slot, abandoned; its parent is about to go
 *
 * Context: may sleep.
 */
void dtslot_orphan(struct dtslot *slot);

/**
 * dtslot_put() - drop a slot that dtslot_destroy_within() did not wait for
 * @slot: the slot
 */
void dtslot_put(struct dtslot *slot);

/**
 * dtslot_attach() - bring in what is plugged into a slot, and wait
 * @slot: the slot
 *
 * One transaction: prepare, identify, load, trust, check, resolve, apply,
 * populate. If a step fails, those before it are undone, the slot is "failed" and its
 * "error" says which step failed and why; the log has the same line.
 *
 * It is done in the slot's own work item, after what was asked before. A signal ends
 * the wait, and the attach goes on.
 *
 * Context: may sleep; not from a work item of a workqueue that is frozen in sleep, nor
 * with a lock that a probe or remove of the slot's drivers may take.
 * Return: 0, -EBUSY if something is attached already, -EPERM if the slot is
 * quarantined, -ENODEV if it is being destroyed, -ECANCELED if what is plugged
 * in went meanwhile, -EINTR after a signal, else the failed step's error.
 */
int dtslot_attach(struct dtslot *slot);

/**
 * dtslot_detach() - take off what dtslot_attach() brought, and wait
 * @slot: the slot
 *
 * The transaction backwards. An empty slot is no error; a failed one becomes
 * empty; for a quarantined one the undo is tried again. Done where dtslot_attach()
 * is done.
 *
 * Context: as dtslot_attach().
 * Return: 0, -ENODEV if the slot is being destroyed, -EBUSY if its devices are
 * in use and the guard refuses, -ECANCELED if the hardware went meanwhile, -EINTR after a
 * signal, or the error for which the slot is now "quarantined".
 */
int dtslot_detach(struct dtslot *slot);

/**
 * dtslot_request_attach() - have what is plugged into a slot brought in
 * @slot: the slot
 *
 * As dtslot_attach(), but does not wait. The finder's requested() is told of the end.
 * What is requested while the same request waits for its turn is one request.
 *
 * Context: any.
 */
void dtslot_request_attach(struct dtslot *slot);

/**
 * dtslot_request_retry() - have an attach that failed tried again
 * @slot: the slot
 *
 * As dtslot_request_attach(), but ends with -ECANCELED if the slot has not failed, or was
 * emptied since.
 *
 * Context: any.
 */
void dtslot_request_retry(struct dtslot *slot);

/**
 * dtslot_request_detach() - have a slot emptied
 * @slot: the slot
 * @reason: why
 *
 * As dtslot_detach(), but does not wait.
 *
 * Context: any.
 */
void dtslot_request_detach(struct dtslot *slot, enum dtslot_reason reason);

/**
 * dtslot_request_lose() - have a slot emptied whose hardware has gone
 * @slot: the slot
 * @why: one sentence, a constant, for "error" of the empty slot; or NULL
 *
 * As dtslot_request_detach() with DTSLOT_GONE.
 *
 * Context: any.
 */
void dtslot_request_lose(struct dtslot *slot, const char *why);

/**
 * dtslot_error() - why the last attach or detach failed
 * @slot: the slot
 * @text: receives the message; empty if it did not fail
 *
 * Context: may sleep.
 */
void dtslot_error(struct dtslot *slot, struct dtslot_text *text);

/**
 * dtslot_explain() - have "error" say what has happened to a slot
 * @slot: the slot
 * @text: one sentence; stays until the next attach has an end, or a detach
 *
 * Context: may sleep; also from the finder's callbacks.
 */
void dtslot_explain(struct dtslot *slot, const char *text);

/**
 * typedef dtslot_in_use_fn - asked before a slot is emptied because root wants it
 * @slot: the slot, locked
 * @text: receives the message on refusal
 *
 * Not asked when the hardware goes, or its driver.
 *
 * Return: 0, and the slot's devices get no new users any more; or -EBUSY.
 */
typedef int (*dtslot_in_use_fn)(const struct dtslot *slot, struct dtslot_text *text);

/**
 * dtslot_set_in_use() - set the function that is asked
 * @in_use: the function; NULL for none. The former is not running any more on return
 */
void dtslot_set_in_use(dtslot_in_use_fn in_use);

bool dtslot_owns(const struct dtslot *slot, const struct device_node *np);
bool dtslot_in_slot(const struct device_node *np);
void dtslot_changeset_destroy(struct of_changeset *cset);
int dtslot_watch_bus(const struct bus_type *bus);
bool dtslot_has_trusted_list(void);
int dtslot_firmware_request(const struct firmware **firmware, const char *name,
			    struct device *dev);

#endif
