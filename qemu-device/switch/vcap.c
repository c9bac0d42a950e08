/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VCAP: a rule memory behind a cache of one rule. index: 0 ES0, 1 IS1, 2 IS2.
 *
 * Commands are done when they are written. The memory keeps a whole cache for
 * each address, so what was written to an address reads back from there. A
 * rule longer than a subword lies at as many addresses, each of them written
 * by itself. What VER to IF_CNT say of sizes are the numbers that the driver
 * has, in units that are a guess. Lookups are those of is1.c, is2.c and rew.c.
 */

#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "../soc/types.h"
#include "../trace.h"
#include "switch.h"
#include "switch_regs.h"
#include "vcap.h"

OBJECT_DECLARE_SIMPLE_TYPE(Lan966xVcap, LAN966X_VCAP)

#define VCAP_RULES 768
#define VCAP_WORDS 64
#define VCAP_CNTS 32

/* Which VCAP is which */
#define VCAP_ES0 0

typedef struct Lan966xRule {
    uint32_t entry[VCAP_WORDS];
    uint32_t mask[VCAP_WORDS];
    uint32_t action[VCAP_WORDS];
    uint32_t cnt[VCAP_CNTS];
    uint32_t tg;
    bool used;                  /* written since it was initialised */
} Lan966xRule;

struct Lan966xVcap {
    Lan966xBlock parent_obj;

    Lan966xRule rule[VCAP_RULES];
};

/* By index; default actions are not counted as addresses */
static const struct {
    uint16_t rows;
    uint8_t subwords;           /* of a row: addresses */
    uint8_t entry_width;        /* bits of a subword */
    uint8_t action_width;
    uint8_t default_actions;
} vcap_kind[] = {
    { 64, 1, 96, 65, 8 },
    { 192, 4, 96, 123, 0 },
    { 64, 4, 96, 31, 11 },
};

static unsigned vcap_index(Lan966xVcap *s)
{
    return MIN(LAN966X_BLOCK(s)->index, ARRAY_SIZE(vcap_kind) - 1);
}

static unsigned vcap_rules(Lan966xVcap *s)
{
    unsigned n = vcap_index(s);

    return vcap_kind[n].rows * vcap_kind[n].subwords;
}

/* Between the cache and a rule, as far as the command does not exclude it */
static void vcap_copy(Lan966xVcap *s, Lan966xRule *r, uint32_t ctrl, bool read)
{
    Lan966xBlock *b = LAN966X_BLOCK(s);
    const struct {
        uint32_t disable;
        uint32_t off;
        uint32_t *words;
        size_t size;
    } part[] = {
        { VCAP_ENTRY_DIS, VCAP_ENTRY_DAT, r->entry, sizeof(r->entry) },
        { VCAP_ENTRY_DIS, VCAP_MASK_DAT, r->mask, sizeof(r->mask) },
        { VCAP_ENTRY_DIS, VCAP_TG_DAT, &r->tg, sizeof(r->tg) },
        { VCAP_ACTION_DIS, VCAP_ACTION_DAT, r->action, sizeof(r->action) },
        { VCAP_CNT_DIS, VCAP_CNT_DAT, r->cnt, sizeof(r->cnt) },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(part); i++) {
        uint32_t *cache = lan966x_block_reg(b, 0, part[i].off);

        if (ctrl & part[i].disable) {
            continue;
        }
        if (read) {
            memcpy(cache, part[i].words, part[i].size);
        } else {
            memcpy(part[i].words, cache, part[i].size);
        }
    }
    r->used |= !read && !(ctrl & VCAP_ENTRY_DIS);
}

/* The driver fills a VCAP from the top: down is towards lower addresses */
static void vcap_move(Lan966xVcap *s, unsigned addr, unsigned count,
                      unsigned distance, bool down)
{
    unsigned last = vcap_rules(s);
    unsigned to = down ? addr - distance : addr + distance;

    if ((down && distance > addr) || addr + count > last ||
        to + count > last) {
        lan966x_block_guest_error(LAN966X_BLOCK(s), 0, VCAP_MV_CFG, addr,
                                  "%u rules moved %s by %u, out of bounds",
                                  count, down ? "down" : "up", distance);
        return;
    }
    memmove(&s->rule[to], &s->rule[addr], count * sizeof(s->rule[0]));
    /* What they were moved from, without what they were moved to */
    if (down) {
        unsigned from = MAX(to + count, addr);

        memset(&s->rule[from], 0, (addr + count - from) * sizeof(s->rule[0]));
    } else {
        unsigned end = MIN(addr + count, to);

        memset(&s->rule[addr], 0, (end - addr) * sizeof(s->rule[0]));
    }
}

static void vcap_clear_cache(Lan966xVcap *s)
{
    memset(lan966x_block_reg(LAN966X_BLOCK(s), 0, VCAP_ENTRY_DAT), 0,
           VCAP_CORE_IDX - VCAP_ENTRY_DAT);
}

static void vcap_command(Lan966xVcap *s, uint32_t ctrl)
{
    Lan966xBlock *b = LAN966X_BLOCK(s);
    uint32_t mv = *lan966x_block_reg(b, 0, VCAP_MV_CFG);
    unsigned addr = VCAP_UPDATE_ADDR(ctrl);
    unsigned count = VCAP_MV_SIZE(mv) + 1;
    unsigned cmd = VCAP_UPDATE_CMD(ctrl);

    trace_lan966x_vcap_command(b->name, cmd, addr, mv);
    if (addr >= vcap_rules(s)) {
        lan966x_block_guest_error(b, 0, VCAP_UPDATE_CTRL, ctrl, "no rule %u",
                                  addr);
        return;
    }
    switch (cmd) {
    case VCAP_CMD_WRITE:
    case VCAP_CMD_READ:
        vcap_copy(s, &s->rule[addr], ctrl, cmd == VCAP_CMD_READ);
        break;
    case VCAP_CMD_MOVE_DOWN:
    case VCAP_CMD_MOVE_UP:
        vcap_move(s, addr, count, VCAP_MV_NUM_POS(mv) + 1,
                  cmd == VCAP_CMD_MOVE_DOWN);
        break;
    case VCAP_CMD_INIT:
        memset(&s->rule[addr], 0,
               MIN(count, vcap_rules(s) - addr) * sizeof(s->rule[0]));
        break;
    default:
        lan966x_block_guest_error(b, 0, VCAP_UPDATE_CTRL, ctrl, "no command");
    }
}

/* --- keys --- */

static void vcap_put_type_group(VcapKey *k)
{
    static const uint8_t width[VCAP_MAX_SUBWORDS + 1][VCAP_MAX_SUBWORDS] = {
        [2] = { 2, 1 },
        [4] = { 3, 1, 2, 1 },
    };
    unsigned n = width[k->subwords][k->bits / (32 * VCAP_SUBWORD)];

    if (k->bits == 0 && n) {
        k->words[0] = 1u << (n - 1);
    }
    k->bits += n;
}

void lan966x_vcap_put(VcapKey *k, uint32_t val, unsigned width)
{
    for (unsigned i = 0; i < width; i++) {
        if (k->bits % (32 * VCAP_SUBWORD) == 0) {
            vcap_put_type_group(k);
        }
        k->words[k->bits / 32] |= (val >> i & 1) << k->bits % 32;
        k->bits++;
    }
}

void lan966x_vcap_put_bytes(VcapKey *k, const uint8_t *data, size_t len)
{
    size_t odd = len % 4;
    uint32_t val = 0;

    for (size_t i = 0; i < odd; i++) {
        val = val << 8 | data[i];
    }
    lan966x_vcap_put(k, val, 8 * odd);
    for (size_t i = odd; i < len; i += 4) {
        lan966x_vcap_put(k, ldl_be_p(data + i), 32);
    }
}

/* --- lookup --- */

static bool vcap_matches(const Lan966xRule *r, const uint32_t *key)
{
    for (unsigned i = 0; i < VCAP_SUBWORD; i++) {
        if ((r->entry[i] ^ key[i]) & ~r->mask[i]) {
            return false;
        }
    }
    return r->used;
}

const uint32_t *lan966x_vcap_find(Lan966xBlock *b, const VcapKey *key)
{
    Lan966xVcap *s = LAN966X_VCAP(b);
    unsigned subwords = key->subwords;
    unsigned n;

    for (int addr = vcap_rules(s) - subwords; addr >= 0; addr -= subwords) {
        Lan966xRule *r = &s->rule[addr];

        for (n = 0; n < subwords; n++) {
            if (!vcap_matches(&r[n], key->words + n * VCAP_SUBWORD)) {
                break;
            }
        }
        if (n == subwords) {
            /* that of ES0 has one bit */
            r->cnt[0] = b->index == VCAP_ES0 ? 1 : r->cnt[0] + 1;
            trace_lan966x_vcap_hit(b->name, addr, r->action[0]);
            return r->action;
        }
    }
    return NULL;
}

/* --- registers --- */

static uint32_t vcap_read(Lan966xBlock *b, unsigned win, uint32_t off)
{
    if (off > VCAP_IF_CNT) {
        return lan966x_block_unlisted_read(b, win, off);
    }
    return *lan966x_block_reg(b, win, off);
}

static void vcap_write(Lan966xBlock *b, unsigned win, uint32_t off,
                       uint32_t val)
{
    Lan966xVcap *s = LAN966X_VCAP(b);

    switch (off) {
    case VCAP_UPDATE_CTRL:
        *lan966x_block_reg(b, win, off) = val & ~(VCAP_UPDATE_SHOT |
                                                  VCAP_CLEAR_CACHE);
        if (val & VCAP_CLEAR_CACHE) {
            vcap_clear_cache(s);
        }
        if (val & VCAP_UPDATE_SHOT) {
            vcap_command(s, val);
        }
        break;
    case VCAP_MV_CFG ... VCAP_CORE_MAP:
        *lan966x_block_reg(b, win, off) = val;
        break;
    case VCAP_VER ... VCAP_IF_CNT:
        lan966x_block_readonly(b, win, off, val);
        break;
    default:
        lan966x_block_unlisted_write(b, win, off, val);
    }
}

static void vcap_reset(Lan966xBlock *b)
{
    Lan966xVcap *s = LAN966X_VCAP(b);

    unsigned n = vcap_index(s);

    memset(s->rule, 0, sizeof(s->rule));
    *lan966x_block_reg(b, 0, VCAP_VER) = 1;
    *lan966x_block_reg(b, 0, VCAP_ENTRY_WIDTH) = vcap_kind[n].entry_width;
    *lan966x_block_reg(b, 0, VCAP_ENTRY_CNT) = vcap_kind[n].rows;
    *lan966x_block_reg(b, 0, VCAP_ENTRY_SWCNT) = vcap_kind[n].subwords;
    *lan966x_block_reg(b, 0, VCAP_ACTION_DEF_CNT) =
        vcap_kind[n].default_actions;
    *lan966x_block_reg(b, 0, VCAP_ACTION_WIDTH) = vcap_kind[n].action_width;
    *lan966x_block_reg(b, 0, VCAP_CORE_CNT) = 1;
}

static const VMStateDescription vmstate_rule = {
    .name = "lan966x-vcap-rule",
    .version_id = 2,
    .minimum_version_id = 2,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32_ARRAY(entry, Lan966xRule, VCAP_WORDS),
        VMSTATE_UINT32_ARRAY(mask, Lan966xRule, VCAP_WORDS),
        VMSTATE_UINT32_ARRAY(action, Lan966xRule, VCAP_WORDS),
        VMSTATE_UINT32_ARRAY(cnt, Lan966xRule, VCAP_CNTS),
        VMSTATE_UINT32(tg, Lan966xRule),
        VMSTATE_BOOL(used, Lan966xRule),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_vcap = {
    .name = TYPE_LAN966X_VCAP,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_LAN966X_BLOCK(Lan966xVcap),
        VMSTATE_STRUCT_ARRAY(rule, Lan966xVcap, VCAP_RULES, 2, vmstate_rule,
                             Lan966xRule),
        VMSTATE_END_OF_LIST()
    }
};

static void vcap_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    Lan966xBlockClass *bc = LAN966X_BLOCK_CLASS(klass);

    DEVICE_CLASS(klass)->vmsd = &vmstate_vcap;
    bc->window_size[0] = VCAP_SIZE;
    bc->read = vcap_read;
    bc->write = vcap_write;
    bc->reset = vcap_reset;
}

static const TypeInfo vcap_type = {
    .name = TYPE_LAN966X_VCAP,
    .parent = TYPE_LAN966X_BLOCK,
    .instance_size = sizeof(Lan966xVcap),
    .class_init = vcap_class_init,
};

static void vcap_register_types(void)
{
    type_register_static(&vcap_type);
}

type_init(vcap_register_types)
