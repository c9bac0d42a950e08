/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An SFP module, 1000BASE-SX, as its host sees it, by SFF-8472: an EEPROM at
 * 0x50 with its identification, and at 0x51 its diagnostics, calibrated, with
 * limits but without alarms; what they measure is always the same. Neither can
 * be written.
 *
 *   vendor, part, serial   up to 16 characters each
 *   diagnostics            off: there is nothing at 0x51 (default on)
 *   temperature            of the module, in 1/1000 degree C (default 35000)
 */

#include "qemu/osdep.h"
#include "hw/i2c/i2c.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "../help.h"
#include "cages.h"

OBJECT_DECLARE_SIMPLE_TYPE(Lan966xSfp, LAN966X_SFP)

#define SFP_ADDRESS 0x50
#define SFP_DIAGNOSTICS_ADDRESS 0x51
#define SFP_SIZE 256

/* SFF-8472, table 4-1 */
#define SFP_IDENTIFIER 0
#define SFP_EXT_IDENTIFIER 1
#define SFP_CONNECTOR 2
#define SFP_ETHERNET 6
#define SFP_ENCODING 11
#define SFP_RATE 12             /* 100 MBd */
#define SFP_LENGTH_OM2 16       /* 10 m */
#define SFP_LENGTH_OM1 17
#define SFP_VENDOR 20
#define SFP_PART 40
#define SFP_WAVELENGTH 60       /* nm */
#define SFP_CC_BASE 63
#define SFP_OPTIONS 65
#define SFP_SERIAL 68
#define SFP_DATE 84
#define SFP_DIAGNOSTICS 92
#define SFP_COMPLIANCE 94
#define SFP_CC_EXT 95
#define SFP_REVISION 56
#define SFP_NAME_LENGTH 16

/* SFF-8472, tables 9-2 to 9-16: big-endian values of 16 bits */
#define DIAG_LIMITS 0           /* of each: alarm and warning, high and low */
#define DIAG_SLOPES 76          /* of bias, power out, temperature, voltage */
#define DIAG_SLOPE_ONE 0x0100
#define DIAG_CC 95
#define DIAG_VALUES 96

enum {
    DIAG_TEMPERATURE,           /* 1/256 degree C */
    DIAG_VOLTAGE,               /* 0.1 mV */
    DIAG_BIAS,                  /* 2 uA */
    DIAG_POWER_OUT,             /* 0.1 uW */
    DIAG_POWER_IN,
    DIAG_QUANTITIES,
};

/* High alarm, low alarm, high warning, low warning, and what is measured */
static const struct {
    int16_t limit[4];
    uint16_t value;
} sfp_diagnostics[DIAG_QUANTITIES] = {
    [DIAG_TEMPERATURE] = { { 90 * 256, -45 * 256, 85 * 256, -40 * 256 } },
    [DIAG_VOLTAGE] = { { 0 }, 33000 },
    [DIAG_BIAS] = { { 6000, 500, 5500, 1000 }, 3000 },
    [DIAG_POWER_OUT] = { { 10000, 500, 8000, 1000 }, 4000 },
    [DIAG_POWER_IN] = { { 12000, 100, 10000, 200 }, 3500 },
};

static const uint16_t sfp_voltage_limits[4] = { 37000, 29000, 36000, 30000 };

struct Lan966xSfp {
    I2CSlave parent_obj;

    char *vendor;
    char *part;
    char *serial;
    bool diagnostics;
    int32_t temperature;
    uint8_t data[2][SFP_SIZE];  /* at SFP_ADDRESS, at the other address */
    uint8_t page;               /* of these, that of the transfer */
    uint8_t at;
    bool addressed;             /* the first byte of a write is the address */
};

static bool sfp_match(I2CSlave *slave, uint8_t address, bool broadcast,
                      I2CNodeList *devices)
{
    Lan966xSfp *s = LAN966X_SFP(slave);
    bool second = s->diagnostics && address == SFP_DIAGNOSTICS_ADDRESS;
    I2CNode *node;

    if (!broadcast && address != SFP_ADDRESS && !second) {
        return false;
    }
    s->page = second;
    node = g_new(I2CNode, 1);
    node->elt = slave;
    QLIST_INSERT_HEAD(devices, node, next);
    return true;
}

static int sfp_event(I2CSlave *slave, enum i2c_event event)
{
    if (event == I2C_START_SEND) {
        LAN966X_SFP(slave)->addressed = false;
    }
    return 0;
}

static int sfp_send(I2CSlave *slave, uint8_t data)
{
    Lan966xSfp *s = LAN966X_SFP(slave);

    if (!s->addressed) {
        s->at = data;
        s->addressed = true;
        return 0;
    }
    return 1;
}

static uint8_t sfp_recv(I2CSlave *slave)
{
    Lan966xSfp *s = LAN966X_SFP(slave);

    return s->data[s->page & 1][s->at++];
}

static bool sfp_set_name(Lan966xSfp *s, unsigned off, const char *what,
                         const char *name, Error **errp)
{
    size_t len;

    len = strlen(name);
    if (len > SFP_NAME_LENGTH) {
        error_setg(errp, "%s '%s' has %zu characters, an SFP module has room "
                   "for %d", what, name, len, SFP_NAME_LENGTH);
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (!g_ascii_isprint(name[i])) {
            error_setg(errp, "%s: character %zu is not printable", what, i + 1);
            return false;
        }
    }
    memset(s->data[0] + off, ' ', SFP_NAME_LENGTH);
    memcpy(s->data[0] + off, name, len);
    return true;
}

static void sfp_set_checksum(uint8_t *data, unsigned from, unsigned to)
{
    uint8_t sum = 0;

    for (unsigned i = from; i < to; i++) {
        sum += data[i];
    }
    data[to] = sum;
}

static void sfp_set_diagnostics(Lan966xSfp *s)
{
    uint8_t *data = s->data[1];

    for (unsigned q = 0; q < DIAG_QUANTITIES; q++) {
        for (unsigned i = 0; i < 4; i++) {
            stw_be_p(data + DIAG_LIMITS + 8 * q + 2 * i,
                     q == DIAG_VOLTAGE ? sfp_voltage_limits[i]
                                       : sfp_diagnostics[q].limit[i]);
        }
        stw_be_p(data + DIAG_VALUES + 2 * q, sfp_diagnostics[q].value);
    }
    for (unsigned i = 0; i < 4; i++) {
        stw_be_p(data + DIAG_SLOPES + 4 * i, DIAG_SLOPE_ONE);
    }
    stw_be_p(data + DIAG_VALUES, (int64_t)s->temperature * 256 / 1000);
    sfp_set_checksum(data, DIAG_LIMITS, DIAG_CC);
}

static void sfp_realize(DeviceState *dev, Error **errp)
{
    Lan966xSfp *s = LAN966X_SFP(dev);
    uint8_t *data = s->data[0];

    if (s->temperature < -128000 || s->temperature >= 128000) {
        error_setg(errp, "temperature: %d is not in -128000 to 127999, in "
                   "1/1000 degree C", s->temperature);
        return;
    }
    data[SFP_IDENTIFIER] = 0x03;            /* SFP */
    data[SFP_EXT_IDENTIFIER] = 0x04;        /* defined by its EEPROM */
    data[SFP_CONNECTOR] = 0x07;             /* LC */
    data[SFP_ETHERNET] = 0x01;              /* 1000BASE-SX */
    data[SFP_ENCODING] = 0x01;              /* 8B/10B */
    data[SFP_RATE] = 13;
    data[SFP_LENGTH_OM2] = 55;
    data[SFP_LENGTH_OM1] = 27;
    memcpy(data + SFP_REVISION, "1.0 ", 4);
    stw_be_p(data + SFP_WAVELENGTH, 850);
    data[SFP_OPTIONS] = 0x1a;               /* TX_DISABLE, TX_FAULT, LOS */
    memcpy(data + SFP_DATE, "260101  ", 8);
    if (s->diagnostics) {
        data[SFP_DIAGNOSTICS] = 0x68;       /* there, calibrated, average */
        data[SFP_COMPLIANCE] = 0x05;        /* revision 11.0 */
        sfp_set_diagnostics(s);
    }
    if (!sfp_set_name(s, SFP_VENDOR, "vendor", s->vendor ?: "QEMU", errp) ||
        !sfp_set_name(s, SFP_PART, "part", s->part ?: "SFP-1000-SX", errp) ||
        !sfp_set_name(s, SFP_SERIAL, "serial", s->serial ?: "1", errp)) {
        return;
    }
    sfp_set_checksum(data, SFP_IDENTIFIER, SFP_CC_BASE);
    sfp_set_checksum(data, SFP_CC_BASE + 1, SFP_CC_EXT);
}

static void sfp_init(Object *obj)
{
    I2C_SLAVE(obj)->address = SFP_ADDRESS;
}

static const Property sfp_properties[] = {
    DEFINE_PROP_STRING("vendor", Lan966xSfp, vendor),
    DEFINE_PROP_STRING("part", Lan966xSfp, part),
    DEFINE_PROP_STRING("serial", Lan966xSfp, serial),
    DEFINE_PROP_BOOL("diagnostics", Lan966xSfp, diagnostics, true),
    DEFINE_PROP_INT32("temperature", Lan966xSfp, temperature, 35000),
};

static const VMStateDescription vmstate_sfp = {
    .name = TYPE_LAN966X_SFP,
    .version_id = 2,
    .minimum_version_id = 2,
    .fields = (const VMStateField[]) {
        VMSTATE_I2C_SLAVE(parent_obj, Lan966xSfp),
        VMSTATE_UINT8(page, Lan966xSfp),
        VMSTATE_UINT8(at, Lan966xSfp),
        VMSTATE_BOOL(addressed, Lan966xSfp),
        VMSTATE_END_OF_LIST()
    }
};

static const Lan966xHelp sfp_help[] = {
    { "diagnostics", "Whether the module measures" },
    { "part", "Part number, 16 characters at most" },
    { "serial", "Serial number, 16 characters at most" },
    { "temperature", "That it measures, in 1/1000 degree C" },
    { "vendor", "Name of the vendor, 16 characters at most" },
    { }
};

static void sfp_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    I2CSlaveClass *sc = I2C_SLAVE_CLASS(klass);

    dc->desc = "SFP module, 1000BASE-SX";
    dc->realize = sfp_realize;
    dc->vmsd = &vmstate_sfp;
    device_class_set_props(dc, sfp_properties);
    lan966x_help(klass, sfp_help);
    set_bit(DEVICE_CATEGORY_NETWORK, dc->categories);
    sc->match_and_add = sfp_match;
    sc->event = sfp_event;
    sc->send = sfp_send;
    sc->recv = sfp_recv;
}

static const TypeInfo sfp_type = {
    .name = TYPE_LAN966X_SFP,
    .parent = TYPE_I2C_SLAVE,
    .instance_size = sizeof(Lan966xSfp),
    .instance_init = sfp_init,
    .class_init = sfp_class_init,
};

static void sfp_register_types(void)
{
    type_register_static(&sfp_type);
}

type_init(sfp_register_types)
