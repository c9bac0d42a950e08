/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A slot for the userspace tests: it exports "bus" and has one child, "taken@0". */
#ifndef DTSLOT_TEST_SCOPE_H
#define DTSLOT_TEST_SCOPE_H

#include "overlay.h"

#define SCOPE_BUS_PHANDLE	0x77
#define SCOPE_TEXT_PHANDLE	0x6e6f7700	/* the text "now" */
#define SCOPE_BASE		0x8d5b0000	/* phandles of the overlay follow it */

static u32 scope_phandle(void *priv, const char *label)
{
	return strcmp(label, "bus") ? 0 : SCOPE_BUS_PHANDLE;
}

static bool scope_cells(void *priv, u32 phandle, const char *name, u32 *value)
{
	*value = 1;
	return phandle == SCOPE_BUS_PHANDLE && !strcmp(name, "#clock-cells");
}

static bool scope_is_phandle(void *priv, u32 value)
{
	return value == SCOPE_BUS_PHANDLE || value == SCOPE_TEXT_PHANDLE;
}

static bool scope_has_child(void *priv, const char *label, const char *name)
{
	return !label && !strcmp(name, "taken@0");
}

static bool scope_has_prop(void *priv, const char *label, const char *name,
			   const void *value, u32 len)
{
	if (label || len != 4)
		return false;
	if (!strcmp(name, "#address-cells"))
		return get_unaligned_be32(value) == 3;
	return !strcmp(name, "#size-cells") && get_unaligned_be32(value) == 2;
}

static const struct dtslot_scope scope = {
	.exports = "bus",
	.phandle = scope_phandle,
	.cells = scope_cells,
	.is_phandle = scope_is_phandle,
	.has_child = scope_has_child,
	.has_prop = scope_has_prop,
};

#endif
