/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A card with an FPGA: cores that everybody knows behind one BAR, a vector for
 * each, and the overlay that describes them on the card itself.
 *
 *   -device fpga-endpoint,id=fpga0[,bus=..][,blob=..][,chardev=..][,netdev=..]
 *   -device m25p80,bus=fpga0.spi,cs=0,drive=..
 *
 * It is a template for a card of one's own: docs/howto/card-blob.md describes
 * the capability by which a host finds the overlay. With rom=on the card has an
 * expansion ROM of 1 MiB instead, an image of which holds the overlay.
 *
 * BAR 0, 8 MiB, 64 bits, not prefetchable:
 *   0x000000  UART lite, vector 0
 *   0x010000  timer of 62 MHz, vector 1
 *   0x020000  SPI, vector 2; a flash on <id>.spi, chip select 0
 *   0x030000  Ethernet lite, vector 3
 *   0x0f0000  MSI-X, FPGA_VECTORS vectors
 *   0x400000  the overlay, up to 4 MiB
 *
 * A message is sent when the line of timer or SPI rises. The models of UART and
 * Ethernet lite have events instead: each is a message.
 *
 * Properties of the running card too (qom-get, qom-set):
 *   blob      file with the overlay; "" for a card without one, which has no
 *             capability
 *   x-vsec    the capability in hex, as the card tells it: made of the overlay
 *             by "blob", and what a test wants it to be
 *   x-rom     file with what the expansion ROM has instead of such an image
 *   x-fickle  bool: what is read of the capability and of the overlay is
 *             another word at each second time
 *   x-dies    after so many words of the overlay the card reads all ones, as
 *             one that is pulled, until this is set anew; 0: it lives
 *   x-storm   bool: a message on each vector every 100 us
 *   x-reach   an address: the card turns over each bit of the 8 bytes there, by
 *             DMA; what the host refuses of it is the error
 *   x-bar     address of BAR 0: the card moves it there, and takes no other of
 *             the host's until it is set to 0
 *
 * The state of the cores does not migrate: QEMU's models have no description.
 */

#include "qemu/osdep.h"
#include <zlib.h>
#include "cores.h"
#include "hw/pci/msix.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/pci_device.h"
#include "hw/pci/pcie.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/cutils.h"
#include "qemu/timer.h"
#include "qemu/units.h"
#include "system/runstate.h"

#define TYPE_FPGA_ENDPOINT "fpga-endpoint"
OBJECT_DECLARE_SIMPLE_TYPE(FpgaEndpoint, FPGA_ENDPOINT)

#define FPGA_PCI_DEVICE_ID  0xf96a
#define FPGA_OTHER_ID       0x96601055  /* a LAN966x's device and vendor */
#define FPGA_VECTORS        8
#define FPGA_BAR_SIZE       (8 * MiB)
#define FPGA_MSIX_TABLE     0x0f0000
#define FPGA_MSIX_PBA       0x0f8000
#define FPGA_BLOB           0x400000
#define FPGA_BLOB_MAX       (4 * MiB)
#define FPGA_ROM_SIZE       (1 * MiB)
#define FPGA_MESSAGE_NS     500
#define FPGA_STORM_NS       (100 * SCALE_US)
#define FPGA_OTHER_NS       (30 * SCALE_MS) /* the host has set BARs by then */

/* Capabilities */
#define CAP_PM    0x40
#define CAP_PCIE  0x70
#define CAP_VSEC  0x100

/* The capability that names the overlay: docs/howto/card-blob.md */
#define VSEC_ID          0x7464
#define VSEC_REVISION    1
#define VSEC_HEADER      0x04
#define VSEC_MAGIC       0x08
#define VSEC_BAR         0x10
#define VSEC_OFFSET      0x14
#define VSEC_LENGTH      0x1c
#define VSEC_CRC         0x20
#define VSEC_SIZE        0x24

/* The image of an expansion ROM that holds the overlay: the same page */
#define IMAGE_SIGNATURE  0xaa55
#define IMAGE_REVISION   0x02
#define IMAGE_MAGIC      0x04
#define IMAGE_OFFSET     0x0c
#define IMAGE_LENGTH     0x10
#define IMAGE_CRC        0x14
#define IMAGE_PCIR       0x18
#define PCIR             0x1c
#define PCIR_VENDOR      0x04
#define PCIR_DEVICE      0x06
#define PCIR_LENGTH      0x0a
#define PCIR_UNITS       0x10
#define PCIR_TYPE        0x14
#define PCIR_LAST        0x15
#define PCIR_SIZE        0x18
#define IMAGE_BLOB       0x40
#define IMAGE_UNIT       512

struct FpgaEndpoint {
    PCIDevice parent_obj;

    MemoryRegion bar;
    MemoryRegion blob_mr;
    MemoryRegion rom_mr;
    FpgaCores cores;
    char *chardev;
    char *netdev;
    char *blob_file;
    uint8_t *blob;              /* whole words of FPGA_BLOB_MAX bytes at most */
    size_t blob_size;
    bool in_rom;                /* the overlay, not in a BAR */
    char *rom_file;
    uint8_t *rom;               /* FPGA_ROM_SIZE bytes */
    uint32_t levels;            /* of lines that have levels */
    uint32_t messages;          /* to be sent by */
    QEMUTimer *send;
    VMChangeStateEntry *run;
    QEMUTimer *storm;
    bool storming;
    bool fickle;
    uint32_t reads;             /* of what is fickle */
    uint32_t dies;              /* words until then; 0: never */
    bool dead;
    bool changeling;
    int64_t other_from;         /* then its ids are another card's, once */
    uint64_t reached;           /* address of the last x-reach */
    uint64_t moved;             /* BAR 0 stays there; 0: where the host says */
    bool gone;                  /* taken out, for good */
};

/* --- interrupts --- */

static bool fpga_line_has_events(unsigned n)
{
    return n == FPGA_UART || n == FPGA_ETHERNET;
}

/*
 * The address of a message is the guest's choice, and may be that of a register
 * by which the guest unplugs the card. So no core is at work while it is sent:
 * it is on its way for a moment of the guest's time.
 */
static void fpga_send(void *opaque)
{
    FpgaEndpoint *s = opaque;
    PCIDevice *pci = PCI_DEVICE(s);
    bool *busy = &DEVICE(s)->mem_reentrancy_guard.engaged_in_io;
    uint32_t messages = s->messages;

    if (!runstate_is_running()) {
        return;
    }
    object_ref(OBJECT(s));
    s->messages = 0;
    for (unsigned n = 0; n < FPGA_VECTORS; n++) {
        if (messages & (1u << n) && s->send && msix_enabled(pci) &&
            pci_get_word(pci->config + PCI_COMMAND) & PCI_COMMAND_MASTER) {
            *busy = true;   /* the card's own registers take no message */
            msix_notify(pci, n);
            *busy = false;
        }
    }
    object_unref(OBJECT(s));
}

static void fpga_arm(FpgaEndpoint *s)
{
    timer_mod(s->send, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + FPGA_MESSAGE_NS);
}

static void fpga_queue(FpgaEndpoint *s, uint32_t messages)
{
    if (s->send && !s->messages) {
        fpga_arm(s);
    }
    s->messages |= messages;
}

static void fpga_line(void *opaque, int n, int level)
{
    FpgaEndpoint *s = opaque;
    uint32_t bit = 1u << n;
    bool rises = level && !(s->levels & bit);

    s->levels = level ? s->levels | bit : s->levels & ~bit;
    if (fpga_line_has_events(n) ? level : rises) {
        fpga_queue(s, bit);
    }
}

static void fpga_chip_select(void *opaque, int n, int level)
{
    fpga_cores_select(&FPGA_ENDPOINT(opaque)->cores, level);
}

static void fpga_runs(void *opaque, bool running, RunState state)
{
    FpgaEndpoint *s = opaque;

    if (running) {
        fpga_arm(s);
    }
}

static void fpga_storm(void *opaque)
{
    FpgaEndpoint *s = opaque;

    fpga_queue(s, MAKE_64BIT_MASK(0, FPGA_VECTORS));
    timer_mod(s->storm, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + FPGA_STORM_NS);
}

/* --- the overlay and what names it --- */

static uint32_t fpga_fickle(FpgaEndpoint *s, uint32_t val)
{
    return s->fickle && s->reads++ & 1 ? val ^ 0x01010101 : val;
}

/* A word of the overlay, as the host gets it */
static uint32_t fpga_tell(FpgaEndpoint *s, uint32_t val)
{
    if (s->dies && !--s->dies) {
        s->dead = true;
    }
    return s->dead ? UINT32_MAX : fpga_fickle(s, val);
}

static uint64_t fpga_blob_read(void *opaque, hwaddr addr, unsigned size)
{
    FpgaEndpoint *s = opaque;

    return fpga_tell(s, addr < s->blob_size ? ldl_le_p(s->blob + addr) : 0);
}

static uint64_t fpga_rom_read(void *opaque, hwaddr addr, unsigned size)
{
    FpgaEndpoint *s = opaque;

    return fpga_tell(s, ldl_le_p(s->rom + addr));
}

static void fpga_blob_write(void *opaque, hwaddr addr, uint64_t val,
                            unsigned size)
{
}

static const MemoryRegionOps fpga_blob_ops = {
    .read = fpga_blob_read,
    .write = fpga_blob_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl = { .min_access_size = 4, .max_access_size = 4 },
};

static const MemoryRegionOps fpga_rom_ops = {
    .read = fpga_rom_read,
    .write = fpga_blob_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl = { .min_access_size = 4, .max_access_size = 4 },
};

/* Whether a card that has been enumerated says that it is another one */
static bool fpga_is_other(FpgaEndpoint *s)
{
    bool other = s->other_from &&
                 qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) >= s->other_from;

    s->other_from = other ? 0 : s->other_from;
    return other;
}

static uint32_t fpga_config_read(PCIDevice *pci, uint32_t addr, int len)
{
    uint32_t val = pci_default_read_config(pci, addr, len);

    if (FPGA_ENDPOINT(pci)->dead) {
        return UINT32_MAX;
    }
    if (addr < PCI_COMMAND && fpga_is_other(FPGA_ENDPOINT(pci))) {
        return FPGA_OTHER_ID >> 8 * addr;
    }
    if (addr >= CAP_VSEC && addr < CAP_VSEC + VSEC_SIZE) {
        val = fpga_fickle(FPGA_ENDPOINT(pci), val);
    }
    return val;
}

static void fpga_config_write(PCIDevice *pci, uint32_t addr, uint32_t val,
                              int len)
{
    if (FPGA_ENDPOINT(pci)->changeling && addr == PCI_BASE_ADDRESS_0 &&
        val == UINT32_MAX) {
        FPGA_ENDPOINT(pci)->other_from =
            qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + FPGA_OTHER_NS;
    }
    if (FPGA_ENDPOINT(pci)->moved && addr < PCI_BASE_ADDRESS_0 + 8 &&
        addr + len > PCI_BASE_ADDRESS_0) {
        return;
    }
    pci_default_write_config(pci, addr, val, len);
    pcie_cap_flr_write_config(pci, addr, val, len);
}

static void fpga_make_image(FpgaEndpoint *s, size_t length)
{
    PCIDeviceClass *pc = PCI_DEVICE_GET_CLASS(s);
    uint8_t *image = s->rom, *pcir = image + PCIR;

    memset(image, 0, FPGA_ROM_SIZE);
    stw_le_p(image, IMAGE_SIGNATURE);
    stw_le_p(image + IMAGE_REVISION, VSEC_REVISION);
    memcpy(image + IMAGE_MAGIC, "dtslotov", 8);
    stl_le_p(image + IMAGE_OFFSET, IMAGE_BLOB);
    stl_le_p(image + IMAGE_LENGTH, length);
    stl_le_p(image + IMAGE_CRC, crc32(0, s->blob, length));
    stw_le_p(image + IMAGE_PCIR, PCIR);
    memcpy(pcir, "PCIR", 4);
    stw_le_p(pcir + PCIR_VENDOR, pc->vendor_id);
    stw_le_p(pcir + PCIR_DEVICE, pc->device_id);
    stw_le_p(pcir + PCIR_LENGTH, PCIR_SIZE);
    stw_le_p(pcir + PCIR_UNITS, DIV_ROUND_UP(IMAGE_BLOB + length, IMAGE_UNIT));
    pcir[PCIR_TYPE] = 0xff;
    pcir[PCIR_LAST] = 0x80;
    memcpy(image + IMAGE_BLOB, s->blob, length);
}

static void fpga_describe(FpgaEndpoint *s, size_t length)
{
    uint8_t *vsec = PCI_DEVICE(s)->config + CAP_VSEC;

    memset(vsec, 0, VSEC_SIZE);
    if (s->in_rom) {
        fpga_make_image(s, length);
        return;
    }
    if (!length) {
        return;
    }
    pci_set_long(vsec, PCI_EXT_CAP(PCI_EXT_CAP_ID_VNDR, 1, 0));
    pci_set_long(vsec + VSEC_HEADER,
                 VSEC_SIZE << 20 | VSEC_REVISION << 16 | VSEC_ID);
    memcpy(vsec + VSEC_MAGIC, "dtslotov", 8);
    pci_set_long(vsec + VSEC_BAR, 0);
    pci_set_quad(vsec + VSEC_OFFSET, FPGA_BLOB);
    pci_set_long(vsec + VSEC_LENGTH, length);
    pci_set_long(vsec + VSEC_CRC, crc32(0, s->blob, length));
}

/* A file of at most so many bytes; NULL with an error */
static char *fpga_read(const char *property, const char *path, gsize most,
                       gsize *length, Error **errp)
{
    g_autoptr(GError) err = NULL;
    char *data;

    /* others may have no end */
    if (g_file_test(path, G_FILE_TEST_EXISTS) &&
        !g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
        error_setg(errp, "%s: %s is no regular file", property, path);
        return NULL;
    }
    if (!g_file_get_contents(path, &data, length, &err)) {
        error_setg(errp, "%s: %s", property, err->message);
        return NULL;
    }
    if (*length > most) {
        error_setg(errp, "%s: %s has more than %" PRIu64 " MiB", property, path,
                   (uint64_t)most / MiB);
        g_free(data);
        return NULL;
    }
    return data;
}

static bool fpga_load_blob(FpgaEndpoint *s, Error **errp)
{
    g_autofree char *data = NULL;
    gsize length = 0;

    if (s->blob_file && *s->blob_file) {
        data = fpga_read("blob", s->blob_file, FPGA_BLOB_MAX, &length, errp);
        if (!data) {
            return false;
        }
        if (s->in_rom && length > FPGA_ROM_SIZE - IMAGE_BLOB) {
            error_setg(errp, "blob: %s does not fit into the expansion ROM",
                       s->blob_file);
            return false;
        }
    }
    g_free(s->blob);
    s->blob_size = QEMU_ALIGN_UP(length, 4);
    s->blob = g_malloc0(s->blob_size);
    if (length) {
        memcpy(s->blob, data, length);
    }
    fpga_describe(s, length);
    return true;
}

static char *fpga_get_blob(Object *obj, Error **errp)
{
    return g_strdup(FPGA_ENDPOINT(obj)->blob_file ?: "");
}

static void fpga_set_blob(Object *obj, const char *value, Error **errp)
{
    FpgaEndpoint *s = FPGA_ENDPOINT(obj);

    g_free(s->blob_file);
    s->blob_file = g_strdup(value);
    if (DEVICE(s)->realized) {
        fpga_load_blob(s, errp);
    }
}

static char *fpga_get_rom(Object *obj, Error **errp)
{
    return g_strdup(FPGA_ENDPOINT(obj)->rom_file ?: "");
}

static void fpga_set_rom(Object *obj, const char *value, Error **errp)
{
    FpgaEndpoint *s = FPGA_ENDPOINT(obj);
    g_autofree char *data = NULL;
    gsize length;

    if (!DEVICE(s)->realized || !s->in_rom) {
        error_setg(errp, "x-rom: only of a card that is there, with rom=on");
        return;
    }
    data = fpga_read("x-rom", value, FPGA_ROM_SIZE, &length, errp);
    if (data) {
        g_free(s->rom_file);
        s->rom_file = g_strdup(value);
        memset(s->rom, 0xff, FPGA_ROM_SIZE);
        memcpy(s->rom, data, length);
    }
}

static char *fpga_get_vsec(Object *obj, Error **errp)
{
    uint8_t *vsec = PCI_DEVICE(obj)->config + CAP_VSEC;
    GString *text = g_string_new(NULL);

    if (!DEVICE(obj)->realized) {
        return g_string_free(text, false);
    }
    for (unsigned i = 0; i < VSEC_SIZE; i++) {
        g_string_append_printf(text, "%02x", vsec[i]);
    }
    return g_string_free(text, false);
}

static void fpga_set_vsec(Object *obj, const char *value, Error **errp)
{
    uint8_t bytes[VSEC_SIZE];

    if (!DEVICE(obj)->realized || strlen(value) != 2 * VSEC_SIZE) {
        error_setg(errp, "x-vsec: 36 bytes in hex, of a card that is there");
        return;
    }
    for (unsigned i = 0; i < VSEC_SIZE; i++) {
        char digits[] = { value[2 * i], value[2 * i + 1], 0 };
        unsigned int byte;

        if (qemu_strtoui(digits, NULL, 16, &byte)) {
            error_setg(errp, "x-vsec: '%s' is no byte in hex", digits);
            return;
        }
        bytes[i] = byte;
    }
    memcpy(PCI_DEVICE(obj)->config + CAP_VSEC, bytes, VSEC_SIZE);
}

static bool fpga_get_storm(Object *obj, Error **errp)
{
    return FPGA_ENDPOINT(obj)->storming;
}

static void fpga_set_storm(Object *obj, bool value, Error **errp)
{
    FpgaEndpoint *s = FPGA_ENDPOINT(obj);

    s->storming = value;
    if (!s->storm) {
        return;
    }
    if (value) {
        fpga_storm(s);
    } else {
        timer_del(s->storm);
    }
}

static bool fpga_get_fickle(Object *obj, Error **errp)
{
    return FPGA_ENDPOINT(obj)->fickle;
}

static void fpga_set_fickle(Object *obj, bool value, Error **errp)
{
    FPGA_ENDPOINT(obj)->fickle = value;
}

static bool fpga_get_changeling(Object *obj, Error **errp)
{
    return FPGA_ENDPOINT(obj)->changeling;
}

static void fpga_set_changeling(Object *obj, bool value, Error **errp)
{
    FpgaEndpoint *s = FPGA_ENDPOINT(obj);

    s->changeling = value;
    s->other_from = 0;
}

static void fpga_get_dies(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    visit_type_uint32(v, name, &FPGA_ENDPOINT(obj)->dies, errp);
}

static void fpga_set_dies(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    FpgaEndpoint *s = FPGA_ENDPOINT(obj);

    if (visit_type_uint32(v, name, &s->dies, errp)) {
        s->dead = false;
    }
}

/* --- what is not its own --- */

static void fpga_get_reach(Object *obj, Visitor *v, const char *name,
                           void *opaque, Error **errp)
{
    visit_type_uint64(v, name, &FPGA_ENDPOINT(obj)->reached, errp);
}

static void fpga_set_reach(Object *obj, Visitor *v, const char *name,
                           void *opaque, Error **errp)
{
    FpgaEndpoint *s = FPGA_ENDPOINT(obj);
    PCIDevice *pci = PCI_DEVICE(obj);
    uint64_t word = 0;
    bool no_read, no_write;

    if (!visit_type_uint64(v, name, &s->reached, errp)) {
        return;
    }
    if (!DEVICE(obj)->realized) {
        error_setg(errp, "x-reach: only of a card that is there");
        return;
    }
    no_read = pci_dma_read(pci, s->reached, &word, sizeof(word)) != MEMTX_OK;
    word = ~word;
    no_write = pci_dma_write(pci, s->reached, &word, sizeof(word)) != MEMTX_OK;
    if (no_read || no_write) {
        error_setg(errp, "x-reach: the host refuses%s%s",
                   no_read ? " to be read," : "",
                   no_write ? " to be written" : "");
    }
}

static void fpga_get_bar(Object *obj, Visitor *v, const char *name,
                         void *opaque, Error **errp)
{
    visit_type_uint64(v, name, &FPGA_ENDPOINT(obj)->moved, errp);
}

static void fpga_set_bar(Object *obj, Visitor *v, const char *name,
                         void *opaque, Error **errp)
{
    FpgaEndpoint *s = FPGA_ENDPOINT(obj);
    PCIDevice *pci = PCI_DEVICE(obj);

    if (!visit_type_uint64(v, name, &s->moved, errp)) {
        return;
    }
    if (s->moved && DEVICE(obj)->realized) {
        pci_default_write_config(pci, PCI_BASE_ADDRESS_0, s->moved, 4);
        pci_default_write_config(pci, PCI_BASE_ADDRESS_1, s->moved >> 32, 4);
    }
}

/* --- life --- */

static bool fpga_init_caps(FpgaEndpoint *s, Error **errp)
{
    PCIDevice *pci = PCI_DEVICE(s);

    if (!pci_bus_is_express(pci_get_bus(pci))) {
        error_setg(errp, "'%s' is a conventional PCI bus, the card needs a PCI "
                   "Express one", BUS(pci_get_bus(pci))->name);
        return false;
    }
    if (pcie_endpoint_cap_init(pci, CAP_PCIE) < 0) {
        error_setg(errp, "no room for the PCIe capability");
        return false;
    }
    pcie_cap_flr_init(pci);
    /* "blob" says what is in it */
    pcie_add_capability(pci, PCI_EXT_CAP_ID_VNDR, 1, CAP_VSEC, VSEC_SIZE);
    if (!pci_bus_is_root(pci_get_bus(pci))) {
        pcie_cap_fill_link_ep_usp(pci, QEMU_PCI_EXP_LNK_X1,
                                  QEMU_PCI_EXP_LNK_2_5GT);
    }
    return !msix_init(pci, FPGA_VECTORS, &s->bar, 0, FPGA_MSIX_TABLE, &s->bar,
                      0, FPGA_MSIX_PBA, 0, errp);
}

static void fpga_exit(PCIDevice *pci)
{
    FpgaEndpoint *s = FPGA_ENDPOINT(pci);

    s->gone = true;
    g_clear_pointer(&s->run, qemu_del_vm_change_state_handler);
    g_clear_pointer(&s->send, timer_free);
    g_clear_pointer(&s->storm, timer_free);
    fpga_cores_unrealize(&s->cores);
    memory_region_del_subregion(&s->bar, &s->blob_mr);
    for (unsigned n = 0; msix_present(pci) && n < FPGA_VECTORS; n++) {
        msix_vector_unuse(pci, n);
    }
    msix_uninit(pci, &s->bar, &s->bar);
    pcie_cap_exit(pci);
}

static void fpga_realize(PCIDevice *pci, Error **errp)
{
    FpgaEndpoint *s = FPGA_ENDPOINT(pci);
    DeviceState *dev = DEVICE(pci);
    qemu_irq lines[FPGA_CORES];
    const char *name = dev->id;

    if (!name) {
        name = object_get_canonical_path_component(OBJECT(s));
    }
    if (s->gone) {
        error_setg(errp, "the card has been taken out: add another one");
        return;
    }
    if (s->in_rom && pci->romfile && *pci->romfile) {
        error_setg(errp, "rom: romfile fills the expansion ROM: leave out one");
        return;
    }
    memory_region_init(&s->bar, OBJECT(s), "fpga-bar", FPGA_BAR_SIZE);
    memory_region_init_io(&s->blob_mr, OBJECT(s), &fpga_blob_ops, s,
                          "fpga-blob", FPGA_BLOB_MAX);
    memory_region_add_subregion(&s->bar, FPGA_BLOB, &s->blob_mr);
    if (s->in_rom) {
        s->rom = g_malloc0(FPGA_ROM_SIZE);
        memory_region_init_io(&s->rom_mr, OBJECT(s), &fpga_rom_ops, s,
                              "fpga-rom", FPGA_ROM_SIZE);
    }
    for (unsigned n = 0; n < FPGA_CORES; n++) {
        lines[n] = qdev_get_gpio_in_named(dev, "line", n);
    }
    if (!fpga_init_caps(s, errp) || !fpga_load_blob(s, errp) ||
        !fpga_cores_realize(&s->cores, dev, name, &s->bar, lines,
                            qdev_get_gpio_in_named(dev, "chip-select", 0),
                            s->chardev, s->netdev, errp)) {
        fpga_exit(pci);
        return;
    }
    for (unsigned n = 0; n < FPGA_VECTORS; n++) {
        msix_vector_use(pci, n);
    }
    pci_register_bar(pci, 0, PCI_BASE_ADDRESS_SPACE_MEMORY |
                     PCI_BASE_ADDRESS_MEM_TYPE_64, &s->bar);
    if (s->in_rom) {
        pci_register_bar(pci, PCI_ROM_SLOT, 0, &s->rom_mr);
    }
    s->send = timer_new_ns(QEMU_CLOCK_VIRTUAL, fpga_send, s);
    s->run = qemu_add_vm_change_state_handler(fpga_runs, s);
    s->storm = timer_new_ns(QEMU_CLOCK_VIRTUAL, fpga_storm, s);
    if (s->storming) {
        fpga_storm(s);
    }
}

static void fpga_reset_hold(Object *obj, ResetType type)
{
    FpgaEndpoint *s = FPGA_ENDPOINT(obj);

    s->levels = 0;
    s->messages = 0;
    fpga_cores_reset(&s->cores);
}

static void fpga_instance_init(Object *obj)
{
    DeviceState *dev = DEVICE(obj);

    qdev_init_gpio_in_named(dev, fpga_line, "line", FPGA_CORES);
    qdev_init_gpio_in_named(dev, fpga_chip_select, "chip-select", 1);
}

static void fpga_finalize(Object *obj)
{
    FpgaEndpoint *s = FPGA_ENDPOINT(obj);

    g_free(s->blob_file);
    g_free(s->blob);
    g_free(s->rom_file);
    g_free(s->rom);
}

static const VMStateDescription vmstate_fpga = {
    .name = TYPE_FPGA_ENDPOINT,
    .unmigratable = 1,
};

static const Property fpga_properties[] = {
    DEFINE_PROP_STRING("chardev", FpgaEndpoint, chardev),
    DEFINE_PROP_STRING("netdev", FpgaEndpoint, netdev),
    DEFINE_PROP_BOOL("rom", FpgaEndpoint, in_rom, false),
};

static void fpga_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(klass);

    RESETTABLE_CLASS(klass)->phases.hold = fpga_reset_hold;
    pc->realize = fpga_realize;
    pc->exit = fpga_exit;
    pc->config_read = fpga_config_read;
    pc->config_write = fpga_config_write;
    pc->vendor_id = PCI_VENDOR_ID_QEMU;
    pc->device_id = FPGA_PCI_DEVICE_ID;
    pc->class_id = PCI_CLASS_OTHERS;

    dc->desc = "FPGA with common cores, PCIe endpoint";
    dc->vmsd = &vmstate_fpga;
    device_class_set_props(dc, fpga_properties);
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    object_class_property_set_description(klass, "chardev",
                                          "Backend of the UART");
    object_class_property_set_description(klass, "netdev",
                                          "Network backend of the Ethernet");
    object_class_property_set_description(klass, "rom", "Whether the overlay "
                                          "is in the expansion ROM");
    object_class_property_add_str(klass, "blob", fpga_get_blob, fpga_set_blob);
    object_class_property_set_description(klass, "blob",
                                          "File with the card's overlay");
    object_class_property_add_str(klass, "x-rom", fpga_get_rom, fpga_set_rom);
    object_class_property_set_description(klass, "x-rom",
                                          "File with the expansion ROM");
    object_class_property_add_str(klass, "x-vsec", fpga_get_vsec,
                                  fpga_set_vsec);
    object_class_property_set_description(klass, "x-vsec",
                                          "The capability that names it, hex");
    object_class_property_add_bool(klass, "x-storm", fpga_get_storm,
                                   fpga_set_storm);
    object_class_property_set_description(klass, "x-storm",
                                          "Messages on all vectors, for ever");
    object_class_property_add_bool(klass, "x-fickle", fpga_get_fickle,
                                   fpga_set_fickle);
    object_class_property_set_description(klass, "x-fickle", "Capability and "
                                          "overlay differ at each second look");
    object_class_property_add_bool(klass, "x-changeling", fpga_get_changeling,
                                   fpga_set_changeling);
    object_class_property_set_description(klass, "x-changeling", "Another "
                                          "card's ids once it was enumerated");
    object_class_property_add(klass, "x-dies", "uint32", fpga_get_dies,
                              fpga_set_dies, NULL, NULL);
    object_class_property_set_description(klass, "x-dies", "Read all ones "
                                          "after so many words of the overlay");
    object_class_property_add(klass, "x-reach", "uint64", fpga_get_reach,
                              fpga_set_reach, NULL, NULL);
    object_class_property_set_description(klass, "x-reach", "Turn over the "
                                          "8 bytes at this address by DMA");
    object_class_property_add(klass, "x-bar", "uint64", fpga_get_bar,
                              fpga_set_bar, NULL, NULL);
    object_class_property_set_description(klass, "x-bar", "Where BAR 0 is, "
                                          "whatever the host says");
}

static const TypeInfo fpga_type = {
    .name = TYPE_FPGA_ENDPOINT,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(FpgaEndpoint),
    .instance_init = fpga_instance_init,
    .instance_finalize = fpga_finalize,
    .class_init = fpga_class_init,
    .interfaces = (InterfaceInfo[]) {
        { INTERFACE_PCIE_DEVICE },
        { }
    },
};

static void fpga_register_types(void)
{
    type_register_static(&fpga_type);
}

type_init(fpga_register_types)
