/* SPDX-License-Identifier: GPL-2.0-only */
/* Nodes that must outlive their overlay: see kept.c. */
#ifndef DTSLOT_KEPT_H
#define DTSLOT_KEPT_H

struct device_node;

int dtslot_kept_find(const void *owner, struct device_node *fresh, struct device_node **np);
void dtslot_kept_release(const void *owner);
void dtslot_kept_leak(const void *owner);

#endif
