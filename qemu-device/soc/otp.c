/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * OTP controller: 8 KiB that can be read, and whose bits can be set for good.
 * Commands are done when they are given. Regions that its content says are
 * protected cannot be written, from the command on that has said so. All can be
 * read, even those with keys, which the boot ROM of silicon hides in endpoint
 * mode. Where the regions are described is from Microchip's program "otp".
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "system/block-backend.h"
#include "../trace.h"
#include "lan966x_regs.h"
#include "types.h"

OBJECT_DECLARE_SIMPLE_TYPE(Lan966xOtp, LAN966X_OTP)

struct Lan966xOtp {
    Lan966xBlock parent_obj;

    BlockBackend *blk;          /* or NULL */
    uint8_t data[OTP_BYTES];
};

static uint32_t otp_reg(Lan966xOtp *s, uint32_t off)
{
    return *lan966x_block_reg(LAN966X_BLOCK(s), 0, off);
}

static bool otp_is_protected(const Lan966xOtp *s, unsigned addr)
{
    for (int n = 0; n < OTP_REGIONS; n++) {
        const uint8_t *region = &s->data[OTP_PROTECT_REGIONS + 4 * n];
        unsigned first = lduw_le_p(region), last = lduw_le_p(region + 2);

        if (s->data[OTP_PROTECT_WRITE] & 1u << n && last &&
            first <= addr && addr <= last) {
            return true;
        }
    }
    return false;
}

static bool otp_program(Lan966xOtp *s, unsigned addr, uint8_t val)
{
    s->data[addr] |= val;
    trace_lan966x_otp_program(LAN966X_BLOCK(s)->name, addr, s->data[addr]);
    return !s->blk || blk_pwrite(s->blk, addr, 1, &s->data[addr], 0) >= 0;
}

static void otp_command(Lan966xOtp *s)
{
    Lan966xBlock *b = LAN966X_BLOCK(s);
    uint32_t func = otp_reg(s, OTP_FUNC_CMD);
    unsigned addr = (otp_reg(s, OTP_ADDR_HI) & 0xff) << 8 |
                    (otp_reg(s, OTP_ADDR_LO) & 0xff);
    uint32_t status = OTP_FAIL;

    if (otp_reg(s, OTP_PWR_DN) & OTP_PWRDN_N) {
        lan966x_block_guest_error(b, 0, OTP_CMD_GO, func, "powered down");
    } else if (addr >= OTP_BYTES) {
        lan966x_block_guest_error(b, 0, OTP_CMD_GO, addr, "no such address");
    } else if (func == OTP_FUNC_READ) {
        trace_lan966x_otp_read(b->name, addr, s->data[addr]);
        *lan966x_block_reg(b, 0, OTP_RD_DATA) = s->data[addr];
        status = OTP_PASS;
    } else if (func == OTP_FUNC_PROGRAM && otp_is_protected(s, addr)) {
        lan966x_block_guest_error(b, 0, OTP_CMD_GO, addr, "write-protected");
        status |= OTP_WRITE_PROHIBITED;
    } else if (func == OTP_FUNC_PROGRAM) {
        if (otp_program(s, addr, otp_reg(s, OTP_PRGM_DATA))) {
            status = OTP_PASS;
        }
    } else {
        lan966x_block_guest_error(b, 0, OTP_CMD_GO, func, "no such function");
    }
    *lan966x_block_reg(b, 0, OTP_PASS_FAIL) = status;
}

static uint32_t otp_read(Lan966xBlock *b, unsigned win, uint32_t off)
{
    switch (off) {
    case OTP_CMD_GO:
    case OTP_STATUS:
        return 0;
    case OTP_PWR_DN:
    case OTP_ADDR_HI:
    case OTP_ADDR_LO:
    case OTP_PRGM_DATA:
    case OTP_PRGM_MODE:
    case OTP_RD_DATA:
    case OTP_FUNC_CMD:
    case OTP_PASS_FAIL:
        return *lan966x_block_reg(b, win, off);
    default:
        return lan966x_block_unlisted_read(b, win, off);
    }
}

static void otp_write(Lan966xBlock *b, unsigned win, uint32_t off, uint32_t val)
{
    switch (off) {
    case OTP_CMD_GO:
        if (val & OTP_GO) {
            otp_command(LAN966X_OTP(b));
        }
        break;
    case OTP_PWR_DN:
    case OTP_ADDR_HI:
    case OTP_ADDR_LO:
    case OTP_PRGM_DATA:
    case OTP_PRGM_MODE:
    case OTP_FUNC_CMD:
        *lan966x_block_reg(b, win, off) = val;
        break;
    case OTP_RD_DATA:
    case OTP_PASS_FAIL:
    case OTP_STATUS:
        lan966x_block_readonly(b, win, off, val);
        break;
    default:
        lan966x_block_unlisted_write(b, win, off, val);
    }
}

static void otp_reset(Lan966xBlock *b)
{
    *lan966x_block_reg(b, 0, OTP_PWR_DN) = OTP_PWRDN_N;
}

static void otp_realize(DeviceState *dev, Error **errp)
{
    Lan966xOtp *s = LAN966X_OTP(dev);
    uint64_t perm = BLK_PERM_CONSISTENT_READ | BLK_PERM_WRITE;

    if (!s->blk) {
        return;
    }
    if (blk_getlength(s->blk) != OTP_BYTES) {
        error_setg(errp, "the drive of the OTP must have %d bytes", OTP_BYTES);
        return;
    }
    if (blk_set_perm(s->blk, perm, BLK_PERM_ALL, errp) < 0) {
        return;
    }
    if (blk_pread(s->blk, 0, OTP_BYTES, s->data, 0) < 0) {
        error_setg(errp, "could not read the drive of the OTP");
    }
}

static const Property otp_properties[] = {
    DEFINE_PROP_DRIVE("drive", Lan966xOtp, blk),
};

static const VMStateDescription vmstate_otp = {
    .name = TYPE_LAN966X_OTP,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_LAN966X_BLOCK(Lan966xOtp),
        VMSTATE_UINT8_ARRAY(data, Lan966xOtp, OTP_BYTES),
        VMSTATE_END_OF_LIST()
    }
};

static void otp_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    Lan966xBlockClass *bc = LAN966X_BLOCK_CLASS(klass);

    dc->realize = otp_realize;
    dc->vmsd = &vmstate_otp;
    device_class_set_props(dc, otp_properties);
    bc->window_size[0] = OTP_SIZE;
    bc->read = otp_read;
    bc->write = otp_write;
    bc->reset = otp_reset;
}

static const TypeInfo otp_type = {
    .name = TYPE_LAN966X_OTP,
    .parent = TYPE_LAN966X_BLOCK,
    .instance_size = sizeof(Lan966xOtp),
    .class_init = otp_class_init,
};

static void otp_register_types(void)
{
    type_register_static(&otp_type);
}

type_init(otp_register_types)
