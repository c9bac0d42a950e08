/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Temperature sensor (PVT) and fan controller.
 *
 * Linux reads the fan's pulses 4 bytes beyond FAN_CNT, outside of this block,
 * and so shows 0 rpm here as it would on silicon.
 */

#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "qapi/visitor.h"
#include "../trace.h"
#include "lan966x_regs.h"
#include "types.h"

OBJECT_DECLARE_SIMPLE_TYPE(Lan966xHwmon, LAN966X_HWMON)

struct Lan966xHwmon {
    Lan966xBlock parent_obj;

    int32_t temperature;        /* 1/1000 degree C */
    uint16_t fan_count;
};

/* The sensor's curve: 1/1000 degree C of a reading */
static double hwmon_temperature(unsigned n)
{
    return (((-0.000000034627 * n + 0.00011023) * n - 0.19165) * n + 306.04) *
           n - 56197;
}

/* The reading nearest to t; the curve only rises */
static unsigned hwmon_reading(int32_t t)
{
    unsigned low = 0, high = PVT_DATA_MAX;

    while (low < high) {
        unsigned mid = (low + high) / 2;

        if (hwmon_temperature(mid) < t) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    if (low && t - hwmon_temperature(low - 1) < hwmon_temperature(low) - t) {
        low--;
    }
    return low;
}

static uint32_t hwmon_sensor_stat(Lan966xHwmon *s)
{
    const uint32_t running = PVT_SAMPLE_ENA | PVT_CONTINUOUS;
    uint32_t cfg = *lan966x_block_reg(LAN966X_BLOCK(s), 0, PVT_SENSOR_CFG);

    if ((cfg & running) != running) {
        return 0;
    }
    return PVT_DATA_VALID | hwmon_reading(s->temperature);
}

static uint32_t hwmon_pvt_read(Lan966xBlock *b, uint32_t off)
{
    switch (off) {
    case PVT_SENSOR_CFG:
        return *lan966x_block_reg(b, 0, off);
    case PVT_SENSOR_STAT:
        return hwmon_sensor_stat(LAN966X_HWMON(b));
    default:
        return lan966x_block_unlisted_read(b, 0, off);
    }
}

static uint32_t hwmon_read(Lan966xBlock *b, unsigned win, uint32_t off)
{
    if (win == 0) {
        return hwmon_pvt_read(b, off);
    }
    if (off == FAN_CNT) {
        return LAN966X_HWMON(b)->fan_count;
    }
    return *lan966x_block_reg(b, win, off);
}

static void hwmon_pvt_write(Lan966xBlock *b, uint32_t off, uint32_t val)
{
    switch (off) {
    case PVT_SENSOR_CFG:
        *lan966x_block_reg(b, 0, off) = val;
        break;
    case PVT_SENSOR_STAT:
        lan966x_block_readonly(b, 0, off, val);
        break;
    default:
        lan966x_block_unlisted_write(b, 0, off, val);
    }
}

static void hwmon_write(Lan966xBlock *b, unsigned win, uint32_t off,
                        uint32_t val)
{
    if (win == 0) {
        hwmon_pvt_write(b, off, val);
        return;
    }
    if (off == FAN_CNT) {
        lan966x_block_readonly(b, win, off, val);
        return;
    }
    *lan966x_block_reg(b, win, off) = val;
    trace_lan966x_hwmon_fan(b->name,
                            extract32(*lan966x_block_reg(b, 1, FAN_CFG), 16, 8),
                            *lan966x_block_reg(b, 1, FAN_PWM_FREQ));
}

static void hwmon_get_temperature(Object *obj, Visitor *v, const char *name,
                                  void *opaque, Error **errp)
{
    visit_type_int32(v, name, &LAN966X_HWMON(obj)->temperature, errp);
}

static void hwmon_set_temperature(Object *obj, Visitor *v, const char *name,
                                  void *opaque, Error **errp)
{
    visit_type_int32(v, name, &LAN966X_HWMON(obj)->temperature, errp);
}

static void hwmon_get_fan(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    visit_type_uint16(v, name, &LAN966X_HWMON(obj)->fan_count, errp);
}

static void hwmon_set_fan(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    visit_type_uint16(v, name, &LAN966X_HWMON(obj)->fan_count, errp);
}

static void hwmon_init(Object *obj)
{
    LAN966X_HWMON(obj)->temperature = 45000;
}

static const VMStateDescription vmstate_hwmon = {
    .name = TYPE_LAN966X_HWMON,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_LAN966X_BLOCK(Lan966xHwmon),
        VMSTATE_INT32(temperature, Lan966xHwmon),
        VMSTATE_UINT16(fan_count, Lan966xHwmon),
        VMSTATE_END_OF_LIST()
    }
};

static void hwmon_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    Lan966xBlockClass *bc = LAN966X_BLOCK_CLASS(klass);

    DEVICE_CLASS(klass)->vmsd = &vmstate_hwmon;
    bc->window_size[0] = PVT_SIZE;
    bc->window_size[1] = FAN_SIZE;
    bc->read = hwmon_read;
    bc->write = hwmon_write;
    object_class_property_add(klass, "temperature", "int32",
                              hwmon_get_temperature, hwmon_set_temperature,
                              NULL, NULL);
    object_class_property_add(klass, "fan-count", "uint16",
                              hwmon_get_fan, hwmon_set_fan, NULL, NULL);
}

static const TypeInfo hwmon_type = {
    .name = TYPE_LAN966X_HWMON,
    .parent = TYPE_LAN966X_BLOCK,
    .instance_size = sizeof(Lan966xHwmon),
    .instance_init = hwmon_init,
    .class_init = hwmon_class_init,
};

static void hwmon_register_types(void)
{
    type_register_static(&hwmon_type);
}

type_init(hwmon_register_types)
