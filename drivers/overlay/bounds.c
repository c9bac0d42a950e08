// SPDX-License-Identifier: GPL-2.0-only
/*
 * That the kernel has room and time for what an overlay adds, and can reckon with it.
 */
#include "confine.h"

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#endif

/*
 * What is kept is kept for good, and looked through for each device that gets a driver. No
 * tree of mainline's has a hundred of them.
 */
#define MAX_KEPT	256

/*
 * Properties are looked up one by one, here, in the live tree and by drivers, which for
 * n of them takes n * n steps. No node of mainline's trees has a hundred.
 */
#define MAX_PROPERTIES	1024

/*
 * Each range of addresses is put into the kernel's list of them one by one, behind those
 * that come before it. No tree of mainline's has half as many cells in its "reg"s.
 */
#define MAX_REG_CELLS	16384

/*
 * A device's event has 2048 bytes and 64 variables (UEVENT_BUFFER_SIZE, UEVENT_NUM_ENVP), and
 * the kernel warns when it needs more. A part of both is left for the host's own names.
 */
#define MAX_EVENT	1280
#define MAX_COMPATIBLES	32
#define VARIABLE	sizeof("OF_COMPATIBLE_99=")

bool dtslot_is_syscon(const struct dtslot_blob *b, u32 node)
{
	return dtslot_is_compatible(b, node, "syscon");
}

/* What has PCI windows and registers of its own, as only host bridges have. */
static bool is_host_bridge(const struct dtslot_blob *b, u32 node)
{
	struct dtslot_blob_prop p;

	return dtslot_blob_prop(b, node, "ranges", &p) &&
	       dtslot_blob_prop(b, node, "device_type", &p) && p.len == sizeof("pci") &&
	       !memcmp(b->data + p.value, "pci", sizeof("pci"));
}

bool dtslot_is_kept(const struct dtslot_blob *b, u32 node)
{
	return dtslot_is_syscon(b, node) || is_host_bridge(b, node);
}

/* Each node's path is in its device's event twice, and so is all that a driver is found by. */
static int check_event(const struct dtslot_blob *b, u32 node, struct dtslot_text *text)
{
	struct dtslot_blob_prop p;
	u32 size = 0, strings = 0, above, i;

	for (above = node; b->nodes[above].depth > 2; above = b->nodes[above].parent)
		size += 1 + strlen(dtslot_blob_name(b, above));
	size += strlen(dtslot_blob_name(b, node));
	if (dtslot_blob_prop(b, node, "device_type", &p))
		size += p.len;
	if (dtslot_blob_prop(b, node, "compatible", &p)) {
		size += p.len;
		for (i = 0; i < p.len; i++)
			strings += !b->data[p.value + i];
	}
	if (strings > MAX_COMPATIBLES)
		return dtslot_fail(text, -E2BIG,
				   "'compatible' of node '%.*s' has %u strings, more than the %u that are accepted",
				   SHOWN, dtslot_blob_name(b, node), strings, MAX_COMPATIBLES);
	size = 2 * size + strings * VARIABLE;
	if (size > MAX_EVENT)
		return dtslot_fail(text, -E2BIG,
				   "the path, 'compatible' and 'device_type' of node '%.*s' take %u bytes of its device's event, more than the %u that are accepted: give the nodes on the way shorter names",
				   SHOWN, dtslot_blob_name(b, node), size, MAX_EVENT);
	return 0;
}

static int check_properties(const struct dtslot_blob *b, u32 node, struct dtslot_text *text)
{
	u32 cursor = b->nodes[node].props, n = 0;
	struct dtslot_blob_prop p;

	while (dtslot_blob_next_prop(b, &cursor, &p))
		n++;
	if (n <= MAX_PROPERTIES)
		return 0;
	return dtslot_fail(text, -E2BIG,
			   "node '%.*s' has %u properties, more than the %u that are accepted",
			   SHOWN, dtslot_blob_name(b, node), n, MAX_PROPERTIES);
}

/* What drivers divide by without a look: those with this compatible, or buses of this name. */
static const struct {
	const char *compatible;
	const char *name;
	const char *property;
} divisors[] = {
	{ "fixed-factor-clock", NULL, "clock-div" },
	{ "fixed-factor-clock", NULL, "clock-mult" },
	{ NULL, "i2c@", "clock-frequency" },
};

static int check_divisors(const struct dtslot_overlay *o, u32 node, struct dtslot_text *text)
{
	const char *name = dtslot_blob_name(&o->blob, node);
	struct dtslot_blob_prop p;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(divisors); i++) {
		if (!dtslot_blob_prop(&o->blob, node, divisors[i].property, &p) || p.len < 4 ||
		    dtslot_blob_cell(&o->blob, p.value))
			continue;
		if (divisors[i].name ?
		    !strncmp(name, divisors[i].name, strlen(divisors[i].name)) :
		    dtslot_is_compatible(&o->blob, node, divisors[i].compatible))
			return dtslot_fail(text, -EINVAL,
					   "'%s' of node '%.*s' is 0, and drivers divide by it",
					   divisors[i].property, SHOWN, name);
	}
	return 0;
}

/* What is bounded for all nodes together. */
static int check_sums(const struct dtslot_overlay *o, struct dtslot_text *text)
{
	const struct dtslot_blob *b = &o->blob;
	u32 i, node, kept = 0, cells = 0;
	struct dtslot_blob_prop p;

	for (i = 0; i < o->fragment_count; i++) {
		for (node = o->fragments[i].node; node < o->fragments[i].end; node++) {
			kept += dtslot_is_kept(b, node);
			cells += dtslot_blob_prop(b, node, "reg", &p) ? p.len / 4 : 0;
		}
	}
	if (kept > MAX_KEPT)
		return dtslot_fail(text, -E2BIG,
				   "%u syscons and host bridges, more than the %u that are accepted: the kernel keeps each of them for good",
				   kept, MAX_KEPT);
	if (cells > MAX_REG_CELLS)
		return dtslot_fail(text, -E2BIG,
				   "%u cells in 'reg's, more than the %u that are accepted: each range of addresses makes the kernel's list of them slower",
				   cells, MAX_REG_CELLS);
	return 0;
}

static int check_node(const struct dtslot_overlay *o, u32 node, struct dtslot_text *text)
{
	const struct dtslot_blob *b = &o->blob;
	int ret;

	ret = check_properties(b, node, text);
	if (ret || b->nodes[node].depth == 2)
		return ret;
	if (!strcmp(dtslot_blob_name(b, node), "__overlay__"))
		return dtslot_fail(text, -EINVAL,
				   "node '%.*s' is a fragment inside of another: move it right below / { }",
				   SHOWN, dtslot_blob_name(b, b->nodes[node].parent));
	return check_event(b, node, text) ?: check_divisors(o, node, text);
}

/**
 * dtslot_overlay_check_bounds() - that an overlay has no more of anything than the kernel takes
 * @o: the overlay, its fragments collected
 * @text: receives the message on failure
 *
 * Return: 0, -E2BIG, or -EINVAL for a fragment inside of another and for a divisor of 0.
 */
int dtslot_overlay_check_bounds(const struct dtslot_overlay *o, struct dtslot_text *text)
{
	u32 i, node;
	int ret;

	for (i = 0; i < o->fragment_count; i++) {
		for (node = o->fragments[i].node; node < o->fragments[i].end; node++) {
			ret = check_node(o, node, text);
			if (ret)
				return ret;
		}
	}
	return check_sums(o, text);
}
