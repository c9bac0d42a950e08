/* SPDX-License-Identifier: GPL-2.0-only */
/* Nodes of syscons, which must outlive their overlay: see syscon.c. */
#ifndef DTSLOT_SYSCON_H
#define DTSLOT_SYSCON_H

struct device_node;

int dtslot_syscon_find(const void *owner, struct device_node *fresh, struct device_node **np);
void dtslot_syscons_release(const void *owner);

#endif
