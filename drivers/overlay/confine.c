// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which cells of an overlay the kernel takes for references to nodes, and that
 * none of them leads out of the slot.
 *
 * Each reference that dtc was told of is patched when labels are resolved. Here a
 * cell that was not, but that a binding or a driver reads as a phandle, is refused.
 */
#include "overlay.h"

#ifdef __KERNEL__
#include <linux/bsearch.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#endif

/* Printable length of names that come from the blob. */
#define SHOWN		64

/* Bindings with a list of references; a leading "*" makes a suffix. */
static const struct {
	const char *name;
	const char *cells;	/* property that says how many arguments follow; NULL for none */
} lists[] = {
	{ "*-gpio", "#gpio-cells" },
	{ "*-gpios", "#gpio-cells" },
	{ "access-controllers", "#access-controller-cells" },
	{ "assigned-clock-parents", "#clock-cells" },
	{ "assigned-clocks", "#clock-cells" },
	{ "clocks", "#clock-cells" },
	{ "cooling-device", "#cooling-cells" },
	{ "dmas", "#dma-cells" },
	{ "gpio", "#gpio-cells" },
	{ "gpios", "#gpio-cells" },
	{ "hwlocks", "#hwlock-cells" },
	{ "interconnects", "#interconnect-cells" },
	{ "interrupts-extended", "#interrupt-cells" },
	{ "io-backends", "#io-backend-cells" },
	{ "io-channels", "#io-channel-cells" },
	{ "iommus", "#iommu-cells" },
	{ "mboxes", "#mbox-cells" },
	{ "msi-parent", "#msi-cells" },
	{ "mux-controls", "#mux-control-cells" },
	{ "mux-states", "#mux-state-cells" },
	{ "nvmem-cells", "#nvmem-cell-cells" },
	{ "phys", "#phy-cells" },
	{ "power-domains", "#power-domain-cells" },
	{ "pses", "#pse-cells" },
	{ "pwms", "#pwm-cells" },
	{ "resets", "#reset-cells" },
	{ "sound-dai", "#sound-dai-cells" },
	{ "thermal-sensors", "#thermal-sensor-cells" },
	{ "trigger-sources", "#trigger-source-cells" },
	{ "*-supply", NULL },
	{ "backlight", NULL },
	{ "cpu-idle-states", NULL },
	{ "cpus", NULL },
	{ "dais", NULL },
	{ "display", NULL },
	{ "domain-idle-states", NULL },
	{ "extcon", NULL },
	{ "fpga-bridges", NULL },
	{ "i2c-bus", NULL },
	{ "i2c-parent", NULL },
	{ "interrupt-affinity", NULL },
	{ "interrupt-parent", NULL },
	{ "leds", NULL },
	{ "memory-region", NULL },
	{ "mmc-pwrseq", NULL },
	{ "next-level-cache", NULL },
	{ "nvmem", NULL },
	{ "operating-points-v2", NULL },
	{ "panel", NULL },
	{ "pcs-handle", NULL },
	{ "phy-handle", NULL },
	{ "ports", NULL },
	{ "post-init-providers", NULL },
	{ "power-supplies", NULL },
	{ "remote-endpoint", NULL },
	{ "required-opps", NULL },
	{ "wakeup-parent", NULL },
};

/* Of these the drivers of 6.12 or 7.3 read the first cell as a phandle, if not more. */
static const char * const singles[] = {
	"acc-syscon", "adc-syscon", "adi,adc-dev", "adi,cold-junction-handle",
	"adi,rsense-handle", "ae-handle", "airoha,chip-scu", "airoha,eth", "airoha,npu",
	"allwinner,codec-analog-controls", "allwinner,pipelines", "allwinner,sram",
	"altr,ecc-parent", "altr,emac-splitter", "altr,gmii-to-sgmii-converter",
	"altr,sdr-syscon", "altr,sysmgr-syscon", "amd,pensando-elba-syscon", "amd,rproc",
	"amlogic,ao-secure", "amlogic,ao-sysctrl", "amlogic,canvas", "amlogic,hhi-sysctrl",
	"amlogic,secbus2", "amlogic,secure-monitor", "apple,sart", "arasan,soc-ctl-syscon",
	"arm,vexpress,config-bridge", "asoc-platform", "aspeed,ahbc", "aspeed,cvic",
	"aspeed,external-nodes", "aspeed,global-regs", "aspeed,pciecfg", "atmel,audio-codec",
	"atmel,matrix", "atmel,nfc-io", "atmel,rtt-rtc-time-reg", "atmel,smc",
	"atmel,ssc-controller", "audio-amplifier", "audio-asrc", "audio-codec", "audio-cpu",
	"axentia,audio-codec", "axentia,cpu-dai", "axis,syscon-pcie", "axistream-connected",
	"baikal,bt1-syscon", "brcm,gpio-ctrl", "brcm,sr-cdru", "brcm,sr-mhb",
	"brcm,syscon-clkset", "brcm,syscon-piarbctl", "buffer-manager", "calxeda,port-phys",
	"canaan,k210-sysctl-power", "canaan,usb-phy", "capture", "cavium,dma-engine-handle",
	"cci-control-port", "codec", "codec-handle", "companion", "cpsw-phy-sel", "cpu",
	"ctrl-module", "ddc", "ddc-i2c-bus", "devfreq", "device-handle", "displayport",
	"dma-masters", "dpll-pins", "ecc-engine", "elm_id", "eswin,hsp-sp-csr", "ethernet",
	"filter-source", "firmware", "flash", "fpga-mgr", "fsl,blk-ctrl", "fsl,capture-dma",
	"fsl,companion-ldb", "fsl,companion-pxl2dpi", "fsl,cpucfg", "fsl,dsp-ctrl",
	"fsl,fman-ports", "fsl,imx7d-pcie-phy", "fsl,input-sel", "fsl,iomuxc-gpr",
	"fsl,media-blk-ctrl", "fsl,panel", "fsl,pcie-scfg", "fsl,playback-dma", "fsl,saif-master",
	"fsl,stop-mode", "fsl,syscon", "fsl,tcon", "fsl,tempmon", "fsl,tempmon-data",
	"fsl,usbmisc", "fsl,weim-cs-gpr", "google,pmu-intr-gen-syscon", "google,usb-cfg-csr",
	"gpio,syscon-dev", "gpio-ext", "gpr", "hdmi-phandle", "hisi,rst-syscon",
	"hisilicon,hi6220-clk-sram", "hisilicon,noc-syscon", "hisilicon,pctrl-syscon",
	"hisilicon,pericrg-syscon", "hisilicon,peripheral-syscon", "hisilicon,power-syscon",
	"hisilicon,rst-syscon", "hisilicon,sap-dll-reg", "hisilicon,sas-syscon",
	"hisilicon,sctrl-syscon", "hisilicon,sysctrl-syscon", "hpe,gxp-sysreg", "hpe,sysreg",
	"i2s-controller", "img,cr-periph", "img,cr-top", "infracfg", "ingenic,bch-controller",
	"intek,queue-chl-rxtrig", "intek,queue-chl-txready", "intek,queue-pkt-rx",
	"intek,queue-pkt-rxfree", "intek,queue-pkt-tx", "intek,queue-pkt-txdone", "intel,hsio",
	"intel,npe-handle", "intel,syscfg", "intel,syscon", "internal-phy", "intf_mode",
	"l2-cache", "lantiq,rcu", "lens-focus", "link2", "llink-connected", "loongson,ls1-syscon",
	"marvell,audio-codec", "marvell,audio-controller", "marvell,system-controller",
	"marvell,usb-misc-reg", "maxim,master", "mdio-parent-bus", "mediatek,accdet",
	"mediatek,adsp", "mediatek,apmixedsys", "mediatek,audio-codec",
	"mediatek,audio-codec-bt-mrg", "mediatek,auxadc", "mediatek,cci", "mediatek,dptx-codec",
	"mediatek,ec-codec", "mediatek,ethsys", "mediatek,gce-client-reg",
	"mediatek,hardware-voter", "mediatek,hdmi-codec", "mediatek,headset-codec",
	"mediatek,hifsys", "mediatek,infracfg", "mediatek,infracfg-nao", "mediatek,larbs",
	"mediatek,pbus-csr", "mediatek,pcie-mirror", "mediatek,pctl", "mediatek,pctl-regmap",
	"mediatek,pericfg", "mediatek,pio", "mediatek,platform", "mediatek,scp",
	"mediatek,sgmiisys", "mediatek,smi", "mediatek,syscon-hdmi", "mediatek,syscon-type",
	"mediatek,syscon-wakeup", "mediatek,sysctl", "mediatek,topckgen", "mediatek,vdecsys",
	"mediatek,vpu", "mediatek,wed", "mediatek,wed-pcie", "mediatek,wo-ccif",
	"memory-reserved", "microchip,bitstream-flash", "misc", "mobileye,olb", "mode-reg",
	"monitored-battery", "nand-ecc-engine", "native-mode", "nokia,audio-codec",
	"nokia,cpu-dai", "nokia,headphone-amplifier", "nomadik-gpio-chips", "nuvoton,ece",
	"nuvoton,shm", "nuvoton,sys", "nuvoton,sys-mgr", "nuvoton,sysgcr", "nuvoton,sysgfxi",
	"nvidia,axi2apb", "nvidia,bpmp", "nvidia,cmdqv", "nvidia,ddc-i2c-bus", "nvidia,dpaux",
	"nvidia,external-memory-controller", "nvidia,ganged-mode", "nvidia,gpio-controller",
	"nvidia,memory-controller", "nvidia,mipi-calibrate", "nvidia,panel", "nvidia,phy",
	"nvidia,pmc", "nvidia,xusb-padctl", "nxp,phy-sel", "pairsets", "pcsphy-handle",
	"peer-hub", "phy", "phy-device", "phy-select", "pio-handle", "playback", "pm_qos", "port",
	"port-handle", "prcm", "ptimer-handle", "ptp-timer", "qcom,4ln-config-sel", "qcom,adsp",
	"qcom,bcm-voters", "qcom,dload-mode", "qcom,ext-bhs-reg", "qcom,ext-regs",
	"qcom,freq-domain", "qcom,gmu", "qcom,halt-regs", "qcom,ice", "qcom,ipc",
	"qcom,link-mode", "qcom,mmio", "qcom,nss-common", "qcom,pbs", "qcom,perst-regs",
	"qcom,qaccept-regs", "qcom,qmp", "qcom,qsgmii-csr", "qcom,rpm-msg-ram", "qcom,rproc",
	"qcom,rx-device", "qcom,saw", "qcom,saw-reg", "qcom,smem-states", "qcom,spare-regs",
	"qcom,stream-id-range", "qcom,tcsr-reg", "qcom,tcsr-syscon", "qcom,tx-device", "queue-rx",
	"queue-txready", "ralink,memctl", "ralink,sysctl", "ref-sync-sources", "regmap",
	"regmap-csw", "regmap-efuse", "regmap-mcba", "regmap-mcbb", "regmap-rb",
	"regulator-coupled-with", "renesas,bonding", "renesas,clonech", "renesas,cmms",
	"renesas,companion", "renesas,fcp", "renesas,icu", "renesas,sysc", "renesas,sysc-pwrrdy",
	"renesas,tsu-trim", "renesas,vspx", "richtek,usb-connector", "rockchip,audio-codec",
	"rockchip,codec", "rockchip,cpu", "rockchip,grf", "rockchip,hdmi-codec",
	"rockchip,i2s-controller", "rockchip,ioc1", "rockchip,path-map", "rockchip,php-grf",
	"rockchip,phy-grf", "rockchip,pipe-grf", "rockchip,pipe-phy-grf", "rockchip,pmu",
	"rockchip,u2phy-grf", "rockchip,usb-grf", "rockchip,usbdpphy-grf", "rockchip,usbgrf",
	"rockchip,vo-grf", "rockchip,vo1-grf", "rockchip,vop-grf", "saif-controllers",
	"samsung,acpm-ipc", "samsung,audio-codec", "samsung,audio-cpu", "samsung,disp-syscon",
	"samsung,disp-sysreg", "samsung,exynos-sataphy-i2c-phandle", "samsung,fsys-sysreg",
	"samsung,i2s-controller", "samsung,pmu-syscon", "samsung,pmureg-phandle",
	"samsung,syscon-clk", "samsung,syscon-phandle", "samsung,sysreg",
	"samsung,sysreg-phandle", "secure-monitor", "sensors", "serdes-syscon", "sfp", "shmem",
	"slave-dev", "slim-ifc-dev", "snps,axi-config", "snps,mtl-rx-config",
	"snps,mtl-tx-config", "socionext,syscon", "socionext,syscon-phy-mode",
	"socionext,syscon-uhs-mode", "spacemit,apb-spare", "spacemit,apbc", "spacemit,apmu",
	"spacemit,mpmu", "spdif-controller", "spi-parent", "sprd,syscon", "sram",
	"ssi-controller", "st,gcan", "st,sync", "st,syscfg", "st,syscfg-amcr", "st,syscfg-eng",
	"st,syscfg-fmp", "st,syscon", "st,vtg", "starfive,sfc-filter-syscon",
	"starfive,stg-syscon", "starfive,sys-syscon", "starfive,syscon", "ste,config",
	"stericsson,audio-codec", "stericsson,cpu-dai", "sti,panel", "su1-dev", "su2-dev",
	"subctrl-syscon", "subctrl-vbase", "syscon", "syscon-chipselects", "syscon-pcs",
	"syscon-phy-power", "syscon-piarbctl", "syscon-pll-ctrl", "syscon-pllreset", "syscon-pol",
	"syscon-raminit", "syscon-sfpb", "syscon-tcsr", "tbi-handle", "ti,am65x-oldi-io-ctrl",
	"ti,audio-codec", "ti,bootreg", "ti,camerrx-control", "ti,companion-oldi", "ti,cpb-codec",
	"ti,cpb-mcasp", "ti,ctrl-module", "ti,ctrl_mod", "ti,dmic", "ti,elm-id", "ti,iep",
	"ti,ivi-codec-a", "ti,ivi-codec-b", "ti,ivi-mcasp", "ti,mcasp-controller", "ti,mcbsp",
	"ti,mcbsp-voice", "ti,mcpdm", "ti,mii-g-rt", "ti,mii-rt", "ti,navigator-dmas",
	"ti,oldi-io-ctrl", "ti,pa-stats", "ti,provided-clocks", "ti,scm", "ti,serdes-clk",
	"ti,syscon-acspcie-proxy-ctrl", "ti,syscon-dev", "ti,syscon-efuse", "ti,syscon-lane-sel",
	"ti,syscon-mmuconfig", "ti,syscon-pcie-ctrl", "ti,syscon-pcie-id", "ti,syscon-pcie-mode",
	"ti,syscon-phy-pll-refclk", "ti,syscon-pll", "ti,syscon-sa-cfg",
	"ti,syscon-unaligned-access", "ti,timers", "ti,tptcs", "ti,unmapped-event-sources",
	"ti,usb-charger-detection", "ti,watchdog-timers", "timestamper", "timestamps",
	"transceiver", "trip", "ts_syscon", "usb-role-switch", "usb-soc-be", "usb3-dmp-syscon",
	"usb4-host-interface", "xlnx,rproc", "xlnx,vtc",
};

/*
 * Lists of an ID, what it is at which node, how many IDs. Since 7.3 the node says how
 * many cells it has for what it is: it must say 1, as it was before.
 */
static const struct {
	const char *name;
	const char *cells;
} maps[] = {
	{ "iommu-map", "#iommu-cells" },
	{ "msi-map", "#msi-cells" },
};

/* Specifiers of this node, each with what it stands for at another one. */
static const struct {
	const char *name;
	const char *cells;
	const char *unit;	/* says how many cells of address are before them; NULL for none */
} nexuses[] = {
	{ "gpio-map", "#gpio-cells", NULL },
	{ "interrupt-map", "#interrupt-cells", "#address-cells" },
	{ "pwm-map", "#pwm-cells", NULL },
};

/*
 * What counts cells has an end. The kernel puts specifiers into arrays of 16, after
 * addresses of 3, and some of its loops do not look how many there are.
 */
#define MAX_CELLS		8
#define MAX_ADDRESS_CELLS	3

static bool matches(const char *name, const char *pattern)
{
	size_t n = strlen(name), m = strlen(pattern) - 1;

	if (*pattern != '*')
		return !strcmp(name, pattern);
	return n > m && !strcmp(name + n - m, pattern + 1);
}

/* "nr-gpios" and the like say how many there are. */
static bool is_count(const char *name)
{
	return !strcmp(name, "nr-gpios") || matches(name, "*,nr-gpios");
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char * const *)a, *(const char * const *)b);
}

/**
 * struct provider - a node of the overlay that can be referred to
 * @phandle: its phandle in the live tree
 * @node: its index
 */
struct provider {
	u32 phandle;
	u32 node;
};

static int compare_providers(const void *a, const void *b)
{
	const struct provider *x = a, *y = b;

	return x->phandle < y->phandle ? -1 : x->phandle > y->phandle;
}

/**
 * struct check - one run over all properties
 * @o: the overlay
 * @scope: what the slot shows
 * @providers: nodes with a phandle, sorted by it
 * @count: how many
 * @text: receives the message
 * @node: the node under the cursor
 * @p: its property under the cursor
 */
struct check {
	const struct dtslot_overlay *o;
	const struct dtslot_scope *scope;
	struct provider *providers;
	u32 count;
	struct dtslot_text *text;
	u32 node;
	struct dtslot_blob_prop p;
};

static u32 cell(const struct check *c, u32 i)
{
	return dtslot_blob_cell(&c->o->blob, c->p.value + 4 * i);
}

static u32 cells(const struct check *c)
{
	return c->p.len / 4;
}

/* A cell that is read as a phandle: one that was patched, or 0 for none. */
static int check_cell(const struct check *c, u32 i)
{
	if (!cell(c, i) || dtslot_overlay_patched(c->o, c->p.value + 4 * i))
		return 0;
	return dtslot_fail(c->text, -EPERM,
			   "'%.*s' of node '%.*s' reaches outside the slot: cell %u is the bare phandle 0x%x; use a label",
			   SHOWN, c->p.name, SHOWN, dtslot_blob_name(&c->o->blob, c->node), i,
			   cell(c, i));
}

/* How many arguments a reference has, as its provider says. */
static u32 arguments(const struct check *c, u32 phandle, const char *name)
{
	struct provider key = { .phandle = phandle }, *found;
	struct dtslot_blob_prop p;

	if (!name || !phandle)
		return 0;
	found = bsearch(&key, c->providers, c->count, sizeof(key), compare_providers);
	if (!found)
		return c->scope->cells(c->scope->priv, phandle, name);
	if (!dtslot_blob_prop(&c->o->blob, found->node, name, &p) || p.len != 4)
		return 0;
	return dtslot_blob_cell(&c->o->blob, p.value);
}

/* @fixed arguments follow each, if none of the provider's properties says how many. */
static int check_list(const struct check *c, const char *name, u32 fixed)
{
	u32 i = 0, n;
	int ret;

	while (i < cells(c)) {
		ret = check_cell(c, i);
		if (ret)
			return ret;
		n = name ? arguments(c, cell(c, i), name) : cell(c, i) ? fixed : 0;
		if (n >= cells(c) - i)
			return 0;	/* cut off: nothing more is read */
		i += 1 + n;
	}
	return 0;
}

/* How lines are counted, of whom; two cells but for chips of several banks. */
static int check_ranges(const struct check *c)
{
	struct dtslot_blob_prop p;
	u32 n = 2;

	if (dtslot_blob_prop(&c->o->blob, c->node, "#gpio-cells", &p))
		n = dtslot_blob_cell(&c->o->blob, p.value);
	return check_list(c, NULL, n + 1);
}

/* Adds what a property of this very node says to @n. */
static int own_cells(const struct check *c, const char *name, u32 *n)
{
	const struct dtslot_blob *b = &c->o->blob;
	struct dtslot_blob_prop p;

	if (!dtslot_blob_prop(b, c->node, name, &p))
		return dtslot_fail(c->text, -EINVAL, "node '%.*s' has '%.*s' and no %s", SHOWN,
				   dtslot_blob_name(b, c->node), SHOWN, c->p.name, name);
	*n += dtslot_blob_cell(b, p.value);
	return 0;
}

/* Child specifier, parent, parent specifier; again and again. */
static int check_nexus(const struct check *c, const char *unit, const char *name)
{
	u32 child = 0, i, n;
	int ret;

	ret = own_cells(c, name, &child);
	if (!ret && unit)
		ret = own_cells(c, unit, &child);
	if (ret)
		return ret;
	for (i = child; i < cells(c); i += 1 + n + child) {
		ret = check_cell(c, i);
		if (ret)
			return ret;
		n = arguments(c, cell(c, i), name) + arguments(c, cell(c, i), unit);
		if (n >= cells(c) - i)
			return 0;
	}
	return 0;
}

static int check_map(const struct check *c, const char *name)
{
	u32 i;
	int ret;

	for (i = 1; i < cells(c) && cell(c, i); i += 4) {
		ret = check_cell(c, i);
		if (ret)
			return ret;
		if (arguments(c, cell(c, i), name) != 1)
			return dtslot_fail(c->text, -EINVAL,
					   "'%.*s' of node '%.*s' refers to a node whose %s is not 1",
					   SHOWN, c->p.name, SHOWN,
					   dtslot_blob_name(&c->o->blob, c->node), name);
	}
	return 0;
}

/* A node "exports" is a connector's: whatever a property is called, it refers to nodes. */
static bool in_exports(const struct check *c)
{
	const char *name = dtslot_blob_name(&c->o->blob, c->node);

	return strcspn(name, "@") == 7 && !memcmp(name, "exports", 7);
}

static int check_binding(const struct check *c)
{
	const char *name = c->p.name;
	struct dtslot_blob_prop hog;
	u32 i;

	if (in_exports(c))
		return check_list(c, NULL, 0);
	if (!strncmp(name, "pinctrl-", 8) && name[8] >= '0' && name[8] <= '9')
		return check_list(c, NULL, 0);
	if (!strcmp(name, "gpio-ranges"))
		return check_ranges(c);
	for (i = 0; i < ARRAY_SIZE(nexuses); i++)
		if (!strcmp(name, nexuses[i].name))
			return check_nexus(c, nexuses[i].unit, nexuses[i].cells);
	for (i = 0; i < ARRAY_SIZE(maps); i++)
		if (!strcmp(name, maps[i].name))
			return check_map(c, maps[i].cells);
	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		if (!matches(name, lists[i].name) || is_count(name))
			continue;
		/* The lines of a hog are its parent's. */
		if (!strcmp(name, "gpios") &&
		    dtslot_blob_prop(&c->o->blob, c->node, "gpio-hog", &hog))
			return 0;
		return check_list(c, lists[i].cells, 0);
	}
	if (cells(c) && bsearch(&name, singles, ARRAY_SIZE(singles), sizeof(name), compare_names))
		return check_cell(c, 0);
	return 0;
}

/*
 * Whatever its name says: a number that is a phandle of another slot. Phandles of
 * slots are such that nobody writes them by chance.
 */
static int check_values(const struct check *c)
{
	u32 i;
	int ret;

	for (i = 0; i < cells(c); i++) {
		if (!c->scope->is_foreign(c->scope->priv, cell(c, i)))
			continue;
		ret = check_cell(c, i);
		if (ret)
			return ret;
	}
	return 0;
}

static int check_property(const struct check *c)
{
	int ret;

	if (!strcmp(c->p.name, "phandle"))
		return 0;
	ret = check_binding(c);
	return ret ?: check_values(c);
}

/* "#...-cells": one cell, and a number that the kernel can take. */
static int check_count(const struct check *c)
{
	const char *node = dtslot_blob_name(&c->o->blob, c->node), *name = c->p.name;
	bool unit = !strcmp(name, "#address-cells") || !strcmp(name, "#size-cells");
	u32 least = !strcmp(name, "#interrupt-cells");
	u32 most = unit ? MAX_ADDRESS_CELLS : MAX_CELLS;

	if (*name != '#' || !matches(name, "*-cells"))
		return 0;
	if (c->p.len != 4)
		return dtslot_fail(c->text, -EINVAL, "'%.*s' of node '%.*s' has %u bytes, not 4",
				   SHOWN, name, SHOWN, node, c->p.len);
	if (cell(c, 0) < least || cell(c, 0) > most)
		return dtslot_fail(c->text, -EINVAL,
				   "'%.*s' of node '%.*s' is %u; it can be %u to %u",
				   SHOWN, name, SHOWN, node, cell(c, 0), least, most);
	return 0;
}

/* Call @fn for each property of each node that is added. */
static int walk(struct check *c, int (*fn)(const struct check *c))
{
	const struct dtslot_blob *b = &c->o->blob;
	u32 i, end, top, cursor;
	int ret;

	for (i = 0; i < c->o->fragment_count; i++) {
		top = c->o->fragments[i].node;
		end = top + 1;
		while (end < b->count && b->nodes[end].depth > b->nodes[top].depth)
			end++;
		for (c->node = top + 1; c->node < end; c->node++) {
			cursor = b->nodes[c->node].props;
			while (dtslot_blob_next_prop(b, &cursor, &c->p)) {
				ret = fn(c);
				if (ret)
					return ret;
			}
		}
	}
	return 0;
}

/**
 * dtslot_overlay_check_references() - that no reference leads out of the slot
 * @o: the overlay, its labels and phandles resolved
 * @scope: what the slot shows
 * @text: receives the message on failure
 *
 * Return: 0; -EPERM for a bare phandle; -EINVAL for a map or a number of cells that
 * cannot be read; -ENOMEM.
 */
int dtslot_overlay_check_references(const struct dtslot_overlay *o,
				    const struct dtslot_scope *scope, struct dtslot_text *text)
{
	const struct dtslot_blob *b = &o->blob;
	struct check c = { .o = o, .scope = scope, .text = text };
	struct dtslot_blob_prop p;
	u32 i;
	int ret;

	c.providers = kvmalloc_array(b->count, sizeof(*c.providers), GFP_KERNEL);
	if (!c.providers)
		return dtslot_fail(text, -ENOMEM, "no memory for %u phandles", b->count);
	for (i = 0; i < b->count; i++)
		if (dtslot_blob_prop(b, i, "phandle", &p))
			c.providers[c.count++] = (struct provider){
				.phandle = dtslot_blob_cell(b, p.value), .node = i };
	sort(c.providers, c.count, sizeof(*c.providers), compare_providers, NULL);
	/* First the numbers by which the lists are read. */
	ret = walk(&c, check_count);
	if (!ret)
		ret = walk(&c, check_property);
	kvfree(c.providers);
	return ret;
}
