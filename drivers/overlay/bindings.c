// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which properties refer to nodes, and how the kernel reads them.
 *
 * A binding of a new kernel is a line in one of the tables below, and nothing else.
 */
#include "bindings.h"

#ifdef __KERNEL__
#include <linux/bsearch.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/unaligned.h>
#endif

#define LIST	DTSLOT_READ_LIST
#define FIRST	DTSLOT_READ_FIRST
#define RANGES	DTSLOT_READ_RANGES
#define NEXUS	DTSLOT_READ_NEXUS
#define MAP	DTSLOT_READ_MAP
#define NUMBERS	DTSLOT_READ_NUMBERS

/* The kernel takes no more arguments than this (MAX_PHANDLE_ARGS). */
#define MAX_ARGUMENTS	16

/* Their dma-masters are references; those of DesignWare's controllers are a number. */
static const char * const dma_routers[] = {
	"nxp,lpc1850-dmamux", "nxp,lpc3220-dmamux", "renesas,rzn1-dmamux",
	"sophgo,cv1800b-dmamux", "st,stm32h7-dmamux", "ti,am335x-edma-crossbar",
	"ti,dra7-dma-crossbar", NULL
};

static const char * const counts_dma_masters[] = {
	"renesas,rzn1-dma", "snps,dma-spear1340", NULL
};

/* Each cell of their i2c-parent is a bus; elsewhere an address may follow the bus. */
static const char * const i2c_demuxes[] = { "i2c-demux-pinctrl", NULL };

/*
 * Interrupt controllers whose drivers read interrupt-map themselves, without addresses
 * of the parent; of_irq_parse_raw() leaves them alone (of_irq_imap_abusers).
 */
static const char * const reads_its_map[] = {
	"fsl,ls1021a-extirq", "fsl,ls1043a-extirq", "fsl,ls1088a-extirq", "renesas,rza1-irqc",
	NULL
};

/* Elsewhere a port is a number. */
static const char * const refers_to_port[] = { "mrvl,pxa-ssp-dai", NULL };

/* Sorted by name. */
static const struct dtslot_binding bindings[] = {
	{ "access-controllers", LIST, .supplier = true, .cells = "#access-controller-cells" },
	{ "assigned-clock-parents", LIST, .cells = "#clock-cells" },
	{ "assigned-clocks", LIST, .cells = "#clock-cells" },
	{ "backlight", LIST, .supplier = true },
	{ "clocks", LIST, .supplier = true, .cells = "#clock-cells" },
	{ "cooling-device", LIST, .cells = "#cooling-cells" },
	{ "cpu-idle-states", LIST },
	{ "cpus", LIST },
	{ "dais", LIST },
	{ "display", LIST },
	{ "dma-masters", LIST, .only = dma_routers },
	{ "dma-masters", LIST, .except = counts_dma_masters },
	{ "dmas", LIST, .supplier = true, .cells = "#dma-cells" },
	{ "domain-idle-states", LIST },
	{ "extcon", LIST, .supplier = true },
	{ "fpga-bridges", LIST },
	{ "gpio", LIST, .supplier = true, .cells = "#gpio-cells", .without = "gpio-hog" },
	{ "gpio-map", NEXUS, .supplier = true, .cells = "#gpio-cells" },
	{ "gpio-ranges", RANGES, .supplier = true },
	{ "gpios", LIST, .supplier = true, .cells = "#gpio-cells", .without = "gpio-hog" },
	{ "hwlocks", LIST, .supplier = true, .cells = "#hwlock-cells" },
	{ "i2c-bus", LIST, .supplier = true },
	{ "i2c-parent", LIST, .supplier = true, .only = i2c_demuxes },
	{ "i2c-parent", FIRST, .supplier = true },
	{ "interconnects", LIST, .supplier = true, .cells = "#interconnect-cells" },
	{ "interrupt-affinity", LIST },
	{ "interrupt-map", NEXUS, .supplier = true, .fixed = 2, .cells = "#interrupt-cells",
	  .only = reads_its_map, .with = "interrupt-controller" },
	{ "interrupt-map", NEXUS, .supplier = true, .cells = "#interrupt-cells",
	  .unit = "#address-cells", .except = reads_its_map },
	{ "interrupt-map", NEXUS, .supplier = true, .cells = "#interrupt-cells",
	  .unit = "#address-cells", .only = reads_its_map, .without = "interrupt-controller" },
	{ "interrupt-parent", LIST },
	{ "interrupts-extended", LIST, .supplier = true, .cells = "#interrupt-cells" },
	{ "io-backends", LIST, .supplier = true, .cells = "#io-backend-cells" },
	{ "io-channels", LIST, .supplier = true, .cells = "#io-channel-cells" },
	{ "iommu-map", MAP, .supplier = true, .cells = "#iommu-cells" },
	{ "iommus", LIST, .supplier = true, .cells = "#iommu-cells" },
	{ "leds", LIST, .supplier = true },
	{ "mboxes", LIST, .supplier = true, .cells = "#mbox-cells" },
	{ "memory-region", LIST },
	{ "mmc-pwrseq", LIST, .supplier = true },
	{ "msi-map", MAP, .supplier = true, .cells = "#msi-cells" },
	{ "msi-parent", LIST, .supplier = true, .cells = "#msi-cells" },
	{ "mux-controls", LIST, .supplier = true, .cells = "#mux-control-cells" },
	{ "mux-states", LIST, .supplier = true, .cells = "#mux-state-cells" },
	{ "next-level-cache", LIST },
	{ "nr-gpios", NUMBERS },
	{ "nvmem", LIST, .supplier = true },
	{ "nvmem-cells", LIST, .supplier = true, .cells = "#nvmem-cell-cells" },
	{ "operating-points-v2", LIST },
	{ "panel", LIST, .supplier = true },
	{ "pcs-handle", LIST },
	{ "phy-handle", LIST, .supplier = true },
	{ "phys", LIST, .supplier = true, .cells = "#phy-cells" },
	{ "port", FIRST, .only = refers_to_port },
	{ "ports", LIST },
	{ "post-init-providers", LIST },
	{ "power-domains", LIST, .supplier = true, .cells = "#power-domain-cells" },
	{ "power-supplies", LIST, .supplier = true },
	{ "pses", LIST, .supplier = true, .cells = "#pse-cells" },
	{ "pwm-map", NEXUS, .supplier = true, .cells = "#pwm-cells" },
	{ "pwms", LIST, .supplier = true, .cells = "#pwm-cells" },
	{ "remote-endpoint", LIST },
	{ "required-opps", LIST },
	{ "resets", LIST, .supplier = true, .cells = "#reset-cells" },
	{ "sound-dai", LIST, .cells = "#sound-dai-cells" },
	/* Children of a PHY have numbers under that name. */
	{ "st,syscfg", FIRST, .with = "compatible" },
	{ "thermal-sensors", LIST, .cells = "#thermal-sensor-cells" },
	{ "trigger-sources", LIST, .strict = true, .cells = "#gpio-cells" },
	{ "trigger-sources", LIST, .strict = true, .cells = "#trigger-source-cells" },
	{ "wakeup-parent", LIST, .supplier = true },
};

/* Names that are patterns; the first that matches counts. */
static const struct dtslot_binding patterns[] = {
	{ "*,nr-gpios", NUMBERS },
	{ "*-gpio", LIST, .supplier = true, .cells = "#gpio-cells" },
	{ "*-gpios", LIST, .supplier = true, .cells = "#gpio-cells" },
	{ "*-supply", LIST, .supplier = true },
	{ "pinctrl-#", LIST, .supplier = true },
};

/*
 * Sorted, too: of these the drivers of 6.12 or 7.3 read the first cell as a phandle, if
 * not more.
 */
static const char * const firsts[] = {
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
	"dpll-pins", "ecc-engine", "elm_id", "eswin,hsp-sp-csr", "ethernet", "filter-source",
	"firmware", "flash", "fpga-mgr", "fsl,blk-ctrl", "fsl,capture-dma", "fsl,companion-ldb",
	"fsl,companion-pxl2dpi", "fsl,cpucfg", "fsl,dsp-ctrl", "fsl,fman-ports",
	"fsl,imx7d-pcie-phy", "fsl,input-sel", "fsl,iomuxc-gpr", "fsl,media-blk-ctrl",
	"fsl,panel", "fsl,pcie-scfg", "fsl,playback-dma", "fsl,saif-master", "fsl,stop-mode",
	"fsl,syscon", "fsl,tcon", "fsl,tempmon", "fsl,tempmon-data", "fsl,usbmisc",
	"fsl,weim-cs-gpr", "google,pmu-intr-gen-syscon", "google,usb-cfg-csr",
	"gpio,syscon-dev", "gpio-ext", "gpr", "hdmi-phandle", "hisi,rst-syscon",
	"hisilicon,hi6220-clk-sram", "hisilicon,noc-syscon", "hisilicon,pctrl-syscon",
	"hisilicon,pericrg-syscon", "hisilicon,peripheral-syscon", "hisilicon,power-syscon",
	"hisilicon,rst-syscon", "hisilicon,sap-dll-reg", "hisilicon,sas-syscon",
	"hisilicon,sctrl-syscon", "hisilicon,sysctrl-syscon", "hpe,gxp-sysreg", "hpe,sysreg",
	"i2s-controller", "img,cr-periph", "img,cr-top", "infracfg", "ingenic,bch-controller",
	"intek,queue-chl-rxtrig", "intek,queue-chl-txready", "intek,queue-pkt-rx",
	"intek,queue-pkt-rxfree", "intek,queue-pkt-tx", "intek,queue-pkt-txdone", "intel,hsio",
	"intel,npe-handle", "intel,syscfg", "intel,syscon", "internal-phy", "intf_mode",
	"l2-cache", "lantiq,rcu", "lens-focus", "link2", "llink-connected",
	"loongson,ls1-syscon", "marvell,audio-codec", "marvell,audio-controller",
	"marvell,system-controller", "marvell,usb-misc-reg", "maxim,master", "mdio-parent-bus",
	"mediatek,accdet", "mediatek,adsp", "mediatek,apmixedsys", "mediatek,audio-codec",
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
	"peer-hub", "phy", "phy-device", "phy-select", "pio-handle", "playback", "pm_qos",
	"port-handle", "prcm", "ptimer-handle", "ptp-timer", "qcom,4ln-config-sel", "qcom,adsp",
	"qcom,bcm-voters", "qcom,dload-mode", "qcom,ext-bhs-reg", "qcom,ext-regs",
	"qcom,freq-domain", "qcom,gmu", "qcom,halt-regs", "qcom,ice", "qcom,ipc",
	"qcom,link-mode", "qcom,mmio", "qcom,nss-common", "qcom,pbs", "qcom,perst-regs",
	"qcom,qaccept-regs", "qcom,qmp", "qcom,qsgmii-csr", "qcom,rpm-msg-ram", "qcom,rproc",
	"qcom,rx-device", "qcom,saw", "qcom,saw-reg", "qcom,smem-states", "qcom,spare-regs",
	"qcom,stream-id-range", "qcom,tcsr-reg", "qcom,tcsr-syscon", "qcom,tx-device",
	"queue-rx", "queue-txready", "ralink,memctl", "ralink,sysctl", "ref-sync-sources",
	"regmap", "regmap-csw", "regmap-efuse", "regmap-mcba", "regmap-mcbb", "regmap-rb",
	"regulator-coupled-with", "renesas,bonding", "renesas,clonech", "renesas,cmms",
	"renesas,companion", "renesas,fcp", "renesas,icu", "renesas,sysc",
	"renesas,sysc-pwrrdy", "renesas,tsu-trim", "renesas,vspx", "richtek,usb-connector",
	"rockchip,audio-codec", "rockchip,codec", "rockchip,cpu", "rockchip,grf",
	"rockchip,hdmi-codec", "rockchip,i2s-controller", "rockchip,ioc1", "rockchip,php-grf",
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
	"ssi-controller", "st,gcan", "st,sync", "st,syscfg-amcr", "st,syscfg-eng",
	"st,syscfg-fmp", "st,syscon", "st,vtg", "starfive,sfc-filter-syscon",
	"starfive,stg-syscon", "starfive,sys-syscon", "starfive,syscon", "ste,config",
	"stericsson,audio-codec", "stericsson,cpu-dai", "sti,panel", "su1-dev", "su2-dev",
	"subctrl-syscon", "subctrl-vbase", "syscon", "syscon-chipselects", "syscon-pcs",
	"syscon-phy-power", "syscon-piarbctl", "syscon-pll-ctrl", "syscon-pllreset",
	"syscon-pol", "syscon-raminit", "syscon-sfpb", "syscon-tcsr", "tbi-handle",
	"ti,am65x-oldi-io-ctrl", "ti,audio-codec", "ti,bootreg", "ti,camerrx-control",
	"ti,companion-oldi", "ti,cpb-codec", "ti,cpb-mcasp", "ti,ctrl-module", "ti,ctrl_mod",
	"ti,dmic", "ti,elm-id", "ti,iep", "ti,ivi-codec-a", "ti,ivi-codec-b", "ti,ivi-mcasp",
	"ti,mcasp-controller", "ti,mcbsp", "ti,mcbsp-voice", "ti,mcpdm", "ti,mii-g-rt",
	"ti,mii-rt", "ti,navigator-dmas", "ti,oldi-io-ctrl", "ti,pa-stats",
	"ti,provided-clocks", "ti,scm", "ti,serdes-clk", "ti,syscon-acspcie-proxy-ctrl",
	"ti,syscon-dev", "ti,syscon-efuse", "ti,syscon-lane-sel", "ti,syscon-mmuconfig",
	"ti,syscon-pcie-ctrl", "ti,syscon-pcie-id", "ti,syscon-pcie-mode",
	"ti,syscon-phy-pll-refclk", "ti,syscon-pll", "ti,syscon-sa-cfg",
	"ti,syscon-unaligned-access", "ti,timers", "ti,tptcs", "ti,unmapped-event-sources",
	"ti,usb-charger-detection", "ti,watchdog-timers", "timestamper", "timestamps",
	"transceiver", "trip", "ts_syscon", "usb-role-switch", "usb-soc-be", "usb3-dmp-syscon",
	"usb4-host-interface", "xlnx,rproc", "xlnx,vtc",
};

static const struct dtslot_binding first = { .reading = FIRST };

/* Whatever a property of a connector's node "exports" is called, it refers to nodes. */
static const struct dtslot_binding exported = { .reading = LIST, .supplier = true };

/* One walk over a property. */
struct walk {
	const struct dtslot_property *p;
	const struct dtslot_binding *b;
	const char **missing;
};

static u32 cells(const struct walk *w)
{
	return w->p->len / 4;
}

static u32 cell(const struct walk *w, u32 i)
{
	return get_unaligned_be32((const u8 *)w->p->value + 4 * i);
}

static int refer(const struct walk *w, u32 i)
{
	return cell(w, i) ? w->p->around->reference(w->p->priv, i) : 0;
}

/* What a provider says with a property; false if it says nothing, or there is none. */
static bool provider(const struct walk *w, u32 i, const char *name, u32 *value)
{
	return name && cell(w, i) && w->p->around->provider(w->p->priv, i, name, value);
}

static bool own(const struct walk *w, const char *name, u32 *value)
{
	return w->p->around->own(w->p->priv, name, value);
}

/* @arguments follow each reference, if no property of the provider says how many. */
static int read_list(const struct walk *w, u32 arguments)
{
	u32 i = 0, n;
	int ret;

	while (i < cells(w)) {
		ret = refer(w, i);
		if (ret)
			return ret;
		n = cell(w, i) ? arguments : 0;
		if (cell(w, i) && w->b->cells && !provider(w, i, w->b->cells, &n) && w->b->strict)
			return 0;
		if (n >= cells(w) - i)
			return 0;	/* cut off: nothing more is read */
		i += 1 + n;
	}
	return 0;
}

/* How lines are counted, of which controller; two cells but for chips of several banks. */
static int read_ranges(const struct walk *w)
{
	u32 n = 2;

	own(w, "#gpio-cells", &n);
	return n < MAX_ARGUMENTS ? read_list(w, n + 1) : 0;
}

static int own_cells(const struct walk *w, const char *name, u32 *n)
{
	u32 value;

	if (!own(w, name, &value)) {
		if (w->missing)
			*w->missing = name;
		return -EINVAL;
	}
	*n += min_t(u32, value, MAX_ARGUMENTS);
	return 0;
}

/* Child specifier, parent, parent specifier; again and again. */
static int read_nexus(const struct walk *w)
{
	u32 child = w->b->fixed, i, n, unit;
	int ret = 0;

	if (!child)
		ret = own_cells(w, w->b->cells, &child);
	if (!ret && w->b->unit)
		ret = own_cells(w, w->b->unit, &child);
	if (ret)
		return ret;
	for (i = child; i < cells(w); i += 1 + n + child) {
		ret = refer(w, i);
		if (ret)
			return ret;
		if (!provider(w, i, w->b->cells, &n))
			return 0;
		if (provider(w, i, w->b->unit, &unit))
			n = min_t(u32, n, MAX_ARGUMENTS) + min_t(u32, unit, MAX_ARGUMENTS);
		if (n >= cells(w) - i)
			return 0;
	}
	return 0;
}

/*
 * Maps that were written with one cell for what an ID is, at a node that has two: since
 * 7.3 the kernel knows them by this, and reads them as before.
 */
static bool is_bad_map(const struct walk *w)
{
	u32 i;

	if (cells(w) % 4)
		return false;
	for (i = 0; i < cells(w); i += 4)
		if (cell(w, i + 1) != cell(w, 1) || cell(w, i + 3) != 1)
			return false;
	return true;
}

/* As of_map_id() since 7.3: the node says how many cells it has; one if it does not. */
static int read_map_by_cells(const struct walk *w)
{
	bool bad = false;
	u32 i = 0, n;
	int ret;

	while (cells(w) - i >= 2) {
		ret = refer(w, i + 1);
		if (ret || !cell(w, i + 1))
			return ret;
		if (bad || !provider(w, i + 1, w->b->cells, &n))
			n = 1;
		if (!i && n == 2) {
			bad = is_bad_map(w);
			n = bad ? 1 : n;
		}
		if (n > MAX_ARGUMENTS || cells(w) - i < 3 + n)
			return 0;
		i += 3 + n;
	}
	return 0;
}

/* As of_map_id() before: entries of four cells, and nothing else is a map. */
static int read_map_by_four(const struct walk *w)
{
	u32 i;
	int ret;

	for (i = 1; cells(w) % 4 == 0 && i < cells(w); i += 4) {
		ret = refer(w, i);
		if (ret)
			return ret;
	}
	return 0;
}

static int read_cells(const struct walk *w)
{
	switch (w->b->reading) {
	case LIST:
		return read_list(w, 0);
	case FIRST:
		return cells(w) ? refer(w, 0) : 0;
	case RANGES:
		return read_ranges(w);
	case NEXUS:
		return read_nexus(w);
	case MAP:
		return w->p->around->maps_of_four ? read_map_by_four(w) : read_map_by_cells(w);
	case NUMBERS:
		break;
	}
	return 0;
}

static bool is_compatible(const struct walk *w, const char * const *names)
{
	for (; *names; names++)
		if (w->p->around->is_compatible(w->p->priv, *names))
			return true;
	return false;
}

/* Whether a binding is that of the node. */
static bool applies(const struct walk *w, bool suppliers)
{
	const struct dtslot_binding *b = w->b;
	u32 value;

	if (suppliers && !b->supplier)
		return false;
	if (b->with && !own(w, b->with, &value))
		return false;
	if (b->without && own(w, b->without, &value))
		return false;
	if (b->only && !is_compatible(w, b->only))
		return false;
	return !b->except || !is_compatible(w, b->except);
}

static bool matches(const char *name, size_t n, const char *pattern)
{
	size_t m = strlen(pattern) - 1;

	if (*pattern == '*')
		return n > m && !strcmp(name + n - m, pattern + 1);
	return !strncmp(name, pattern, m) && name[m] >= '0' && name[m] <= '9';
}

static int compare_binding(const void *name, const void *b)
{
	return strcmp(name, ((const struct dtslot_binding *)b)->name);
}

static int compare_name(const void *name, const void *entry)
{
	return strcmp(name, *(const char * const *)entry);
}

/* The first binding of that very name, or NULL. */
static const struct dtslot_binding *find_binding(const char *name)
{
	const struct dtslot_binding *b = bsearch(name, bindings, ARRAY_SIZE(bindings),
						 sizeof(*bindings), compare_binding);

	while (b && b > bindings && !strcmp(b[-1].name, name))
		b--;
	return b;
}

/* The binding of a name that has none of its own, or NULL. */
static const struct dtslot_binding *find_other(const char *name, bool suppliers)
{
	size_t n = strlen(name);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(patterns); i++)
		if (matches(name, n, patterns[i].name))
			return &patterns[i];
	if (suppliers && !first.supplier)
		return NULL;
	return bsearch(name, firsts, ARRAY_SIZE(firsts), sizeof(*firsts), compare_name) ?
	       &first : NULL;
}

static bool in_exports(const struct dtslot_property *p)
{
	return !strncmp(p->node, "exports", 7) && (!p->node[7] || p->node[7] == '@') &&
	       strcmp(p->name, "name") && strcmp(p->name, "phandle");
}

/* What most nodes have and what refers to nothing: not looked for in the tables. */
static bool is_plain(const char *name)
{
	static const char * const plain[] = {
		"compatible", "name", "phandle", "ranges", "reg", "status"
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(plain); i++)
		if (*name == *plain[i] && !strcmp(name, plain[i]))
			return true;
	return *name == '#';
}

int dtslot_bindings_walk(const struct dtslot_property *p, bool suppliers, const char **missing)
{
	const struct dtslot_binding *end = bindings + ARRAY_SIZE(bindings);
	struct walk w = { .p = p, .missing = missing };
	int ret = 0;

	if (missing)
		*missing = NULL;
	if (!in_exports(p) && is_plain(p->name))
		return 0;
	w.b = in_exports(p) ? &exported : find_binding(p->name);
	if (!w.b || w.b == &exported) {
		w.b = w.b ?: find_other(p->name, suppliers);
		return w.b && applies(&w, suppliers) ? read_cells(&w) : 0;
	}
	for (; !ret && w.b < end && !strcmp(w.b->name, p->name); w.b++)
		if (applies(&w, suppliers))
			ret = read_cells(&w);
	return ret;
}

const char *dtslot_bindings_check(void)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(bindings); i++)
		if (is_plain(bindings[i].name))
			return bindings[i].name;
	for (i = 1; i < ARRAY_SIZE(bindings); i++)
		if (strcmp(bindings[i - 1].name, bindings[i].name) > 0)
			return bindings[i].name;
	for (i = 1; i < ARRAY_SIZE(firsts); i++)
		if (strcmp(firsts[i - 1], firsts[i]) >= 0)
			return firsts[i];
	for (i = 0; i < ARRAY_SIZE(firsts); i++)
		if (is_plain(firsts[i]) || find_binding(firsts[i]) ||
		    find_other(firsts[i], false) != &first)
			return firsts[i];
	return NULL;
}
