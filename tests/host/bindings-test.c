// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads properties by the table of bindings: a line for each case, the cells that are
 * references and, behind a "|", those to suppliers.
 *
 * Node 1 is the property's own; nodes 2 and up are what references lead to.
 */
#include "bindings.h"
#include "expect.h"

struct test_case {
	const char *node, *name, *compatible;
	const char *own;	/* " #x-cells=2 flag " of the node */
	const char *provider;	/* the same of each node that is referred to */
	u32 value[12];
	u32 len;
};

static bool look_up(const char *props, const char *name, u32 *value)
{
	char key[64];
	const char *found;

	snprintf(key, sizeof(key), " %s", name);
	found = props ? strstr(props, key) : NULL;
	if (!found)
		return false;
	found += strlen(key);
	*value = *found == '=' ? strtoul(found + 1, NULL, 0) : 0;
	return *found == '=' || *found == ' ';
}

static bool own(void *priv, const char *name, u32 *value)
{
	return look_up(((struct test_case *)priv)->own, name, value);
}

static bool is_compatible(void *priv, const char *compatible)
{
	const struct test_case *t = priv;

	return t->compatible && !strcmp(t->compatible, compatible);
}

static bool provider(void *priv, u32 cell, const char *name, u32 *value)
{
	EXPECT(cell < ((struct test_case *)priv)->len / 4);
	return look_up(((struct test_case *)priv)->provider, name, value);
}

static int reference(void *priv, u32 cell)
{
	EXPECT(cell < ((struct test_case *)priv)->len / 4);
	printf(" %u", cell);
	return 0;
}

static void run(struct test_case *t, bool maps_of_four)
{
	const struct dtslot_around around = { own, is_compatible, provider, reference, maps_of_four };
	struct dtslot_property p = { t->node, t->name, NULL, t->len, &around, t };
	const char *missing;
	u8 *value = malloc(t->len + 1);
	u32 i;

	/* Not aligned, and with its end at the end of what may be read. */
	for (i = 0; i < t->len / 4; i++)
		put_unaligned_be32(t->value[i], value + 1 + 4 * i);
	p.value = value + 1;
	printf("%s:", t->name);
	if (dtslot_bindings_walk(&p, false, &missing))
		printf(" lacks %s", missing);
	printf(" |");
	if (dtslot_bindings_walk(&p, true, NULL))
		printf(" error");
	printf("\n");
	free(value);
}

#define CELLS(...)	{ __VA_ARGS__ }, sizeof((u32[]){ __VA_ARGS__ })

int main(void)
{
	static struct test_case cases[] = {
		{ "x", "clocks", NULL, NULL, " #clock-cells=1 ", CELLS(9, 5, 9, 6) },
		{ "x", "clocks", NULL, NULL, NULL, CELLS(9, 9) },
		{ "x", "clocks", NULL, NULL, " #clock-cells=7 ", CELLS(9, 5, 9, 6) },
		{ "x", "reset-gpios", NULL, NULL, " #gpio-cells=2 ", CELLS(9, 5, 0, 0, 9, 1, 1) },
		{ "x", "acme,nr-gpios", NULL, NULL, NULL, CELLS(9) },
		{ "x", "nr-gpios", NULL, NULL, NULL, CELLS(9) },
		{ "x", "gpios", NULL, NULL, " #gpio-cells=2 ", CELLS(9, 5, 0) },
		{ "x", "gpios", NULL, " gpio-hog ", NULL, CELLS(9, 5, 0) },
		{ "x", "vcc-supply", NULL, NULL, NULL, CELLS(9) },
		{ "x", "-supply", NULL, NULL, NULL, CELLS(9) },
		{ "x", "pinctrl-12", NULL, NULL, NULL, CELLS(9, 8) },
		{ "x", "pinctrl-names", NULL, NULL, NULL, CELLS(9, 8) },
		{ "x", "nvmem-cells", NULL, NULL, " #nvmem-cell-cells=1 ", CELLS(9, 5, 8, 5) },
		{ "x", "nvmem-cells", NULL, NULL, NULL, CELLS(9, 8) },
		{ "x", "i2c-parent", NULL, NULL, NULL, CELLS(9, 0x77) },
		{ "x", "i2c-parent", "i2c-demux-pinctrl", NULL, NULL, CELLS(9, 8) },
		{ "x", "dma-masters", NULL, NULL, NULL, CELLS(9, 8) },
		{ "x", "dma-masters", "snps,dma-spear1340", NULL, NULL, CELLS(4) },
		{ "x", "dma-masters", "st,stm32h7-dmamux", NULL, NULL, CELLS(9, 8) },
		{ "x", "port", NULL, NULL, NULL, CELLS(1) },
		{ "x", "port", "mrvl,pxa-ssp-dai", NULL, NULL, CELLS(9) },
		{ "x", "trigger-sources", NULL, NULL, " #gpio-cells=2 ", CELLS(9, 30, 1) },
		{ "x", "trigger-sources", NULL, NULL, " #trigger-source-cells=0 ", CELLS(9, 8) },
		{ "x", "gpio-ranges", NULL, NULL, NULL, CELLS(9, 0, 0, 8, 9, 8, 8, 8) },
		{ "x", "gpio-ranges", NULL, " #gpio-cells=3 ", NULL, CELLS(9, 1, 0, 0, 8, 9) },
		{ "x", "gpio-map", NULL, " #gpio-cells=2 ", " #gpio-cells=1 ",
		  CELLS(0, 0, 9, 5, 1, 0, 9, 6) },
		{ "x", "gpio-map", NULL, NULL, NULL, CELLS(0, 0, 9) },
		{ "x", "interrupt-map", NULL, " #interrupt-cells=1 #address-cells=0 ",
		  " #interrupt-cells=1 #address-cells=2 ", CELLS(0, 9, 0, 0, 5, 1, 9, 0, 0, 6) },
		{ "x", "interrupt-map", NULL, " #interrupt-cells=1 ", NULL, CELLS(0, 9) },
		{ "x", "interrupt-map", "fsl,ls1021a-extirq", " interrupt-controller ",
		  " #interrupt-cells=1 #address-cells=2 ", CELLS(0, 0, 9, 5, 1, 0, 9, 6) },
		{ "x", "interrupt-map", "fsl,ls1021a-extirq",
		  " #interrupt-cells=1 #address-cells=0 ", " #interrupt-cells=1 ",
		  CELLS(0, 9, 5, 1, 9, 6) },
		{ "x", "iommu-map", NULL, NULL, " #iommu-cells=1 ", CELLS(0, 9, 0, 8, 8, 9, 0, 8) },
		{ "x", "iommu-map", NULL, NULL, " #iommu-cells=2 ",
		  CELLS(0, 9, 0, 0, 8, 7, 9, 0, 0, 8) },
		{ "x", "iommu-map", NULL, NULL, " #iommu-cells=2 ", CELLS(0, 9, 0, 1, 7, 9, 0, 1) },
		{ "x", "iommu-map", NULL, NULL, " #iommu-cells=2 ", CELLS(0, 9, 0, 16, 7, 9, 0, 16) },
		{ "x", "iommu-map", NULL, NULL, " #iommu-cells=0 ", CELLS(0, 9, 8, 0, 9, 8) },
		{ "x", "msi-map", NULL, NULL, NULL, CELLS(0, 9, 0, 0x10000) },
		{ "x", "msi-map", NULL, NULL, NULL, CELLS(0) },
		{ "x", "syscon", NULL, NULL, NULL, CELLS(9, 8) },
		{ "x", "reg", NULL, NULL, NULL, CELLS(9, 8) },
		{ "exports", "acme,bus", NULL, NULL, NULL, CELLS(9) },
		{ "exports@1", "reg", NULL, NULL, NULL, CELLS(9, 8) },
		{ "exports", "phandle", NULL, NULL, NULL, CELLS(9) },
	};
	const char *name = dtslot_bindings_check();
	u32 i;

	if (name)
		printf("%s is out of order\n", name);
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		run(&cases[i], false);
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		if (strstr(cases[i].name, "-map"))
			run(&cases[i], true);
	return 0;
}
