/* SPDX-License-Identifier: GPL-2.0-only */
/* Nodes that must outlive their overlay: see kept.c. */
#ifndef DTSLOT_KEPT_H
#define DTSLOT_KEPT_H

struct device_node;

/* What "clocks" of a kept syscon is called. */
#define DTSLOT_KEPT_CLOCKS	"dtslot,clocks"

int dtslot_kept_find(const void *owner, struct device_node *fresh, struct device_node **np);
void dtslot_kept_release(const void *owner);
void dtslot_kept_leak(const void *owner);
void dtslot_kept_get_clocks(const void *owner);
void dtslot_kept_put_clocks(const void *owner, const struct device_node *np);

#endif
