/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An SFP module, 1000BASE-SX, as its host sees it: an EEPROM at 0x50 with the
 * serial identification of SFF-8472, without diagnostics. It cannot be written.
 */

#include "qemu/osdep.h"
#include "hw/i2c/i2c.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "cages.h"

OBJECT_DECLARE_SIMPLE_TYPE(Lan966xSfp, LAN966X_SFP)

#define SFP_ADDRESS 0x50
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
#define SFP_CC_EXT 95
#define SFP_NAME_LENGTH 16

struct Lan966xSfp {
    I2CSlave parent_obj;

    char *vendor;
    char *part;
    char *serial;
    uint8_t data[SFP_SIZE];
    uint8_t at;
    bool addressed;             /* the first byte of a write is the address */
};

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

    return s->data[s->at++];
}

static bool sfp_set_name(Lan966xSfp *s, unsigned off, const char *what,
                         const char *name, Error **errp)
{
    size_t len;

    name = name ?: "";
    len = strlen(name);
    if (len > SFP_NAME_LENGTH) {
        error_setg(errp, "%s '%s' has %zu characters, an SFP module has room "
                   "for %d", what, name, len, SFP_NAME_LENGTH);
        return false;
    }
    memset(s->data + off, ' ', SFP_NAME_LENGTH);
    memcpy(s->data + off, name, len);
    return true;
}

static void sfp_set_checksum(Lan966xSfp *s, unsigned from, unsigned to)
{
    uint8_t sum = 0;

    for (unsigned i = from; i < to; i++) {
        sum += s->data[i];
    }
    s->data[to] = sum;
}

static void sfp_realize(DeviceState *dev, Error **errp)
{
    Lan966xSfp *s = LAN966X_SFP(dev);

    s->data[SFP_IDENTIFIER] = 0x03;         /* SFP */
    s->data[SFP_EXT_IDENTIFIER] = 0x04;     /* defined by its EEPROM */
    s->data[SFP_CONNECTOR] = 0x07;          /* LC */
    s->data[SFP_ETHERNET] = 0x01;           /* 1000BASE-SX */
    s->data[SFP_ENCODING] = 0x01;           /* 8B/10B */
    s->data[SFP_RATE] = 13;
    s->data[SFP_LENGTH_OM2] = 55;
    s->data[SFP_LENGTH_OM1] = 27;
    stw_be_p(s->data + SFP_WAVELENGTH, 850);
    s->data[SFP_OPTIONS] = 0x1a;            /* TX_DISABLE, TX_FAULT, LOS */
    memcpy(s->data + SFP_DATE, "260101  ", 8);
    if (!sfp_set_name(s, SFP_VENDOR, "vendor", s->vendor, errp) ||
        !sfp_set_name(s, SFP_PART, "part", s->part, errp) ||
        !sfp_set_name(s, SFP_SERIAL, "serial", s->serial, errp)) {
        return;
    }
    sfp_set_checksum(s, SFP_IDENTIFIER, SFP_CC_BASE);
    sfp_set_checksum(s, SFP_CC_BASE + 1, SFP_CC_EXT);
}

static void sfp_init(Object *obj)
{
    I2C_SLAVE(obj)->address = SFP_ADDRESS;
}

static const Property sfp_properties[] = {
    DEFINE_PROP_STRING("vendor", Lan966xSfp, vendor),
    DEFINE_PROP_STRING("part", Lan966xSfp, part),
    DEFINE_PROP_STRING("serial", Lan966xSfp, serial),
};

static const VMStateDescription vmstate_sfp = {
    .name = TYPE_LAN966X_SFP,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_I2C_SLAVE(parent_obj, Lan966xSfp),
        VMSTATE_UINT8(at, Lan966xSfp),
        VMSTATE_BOOL(addressed, Lan966xSfp),
        VMSTATE_END_OF_LIST()
    }
};

static void sfp_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    I2CSlaveClass *sc = I2C_SLAVE_CLASS(klass);

    dc->desc = "SFP module, 1000BASE-SX";
    dc->realize = sfp_realize;
    dc->vmsd = &vmstate_sfp;
    device_class_set_props(dc, sfp_properties);
    set_bit(DEVICE_CATEGORY_NETWORK, dc->categories);
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
