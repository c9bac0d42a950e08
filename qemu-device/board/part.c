/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices that are a part of a board.
 *
 * The class of such a device cannot say "not hotpluggable": the board comes by
 * hot-plug, and QEMU would refuse the part with it.
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "part.h"

void lan966x_part_hold(DeviceState *part, Error **hold)
{
    error_setg(hold, "'%s' is a part of '%s': delete that",
               object_get_canonical_path_component(OBJECT(part)),
               object_get_canonical_path_component(OBJECT(part)->parent));
    qdev_add_unplug_blocker(part, *hold);
}

void lan966x_part_release(DeviceState *part, Error **hold)
{
    qdev_del_unplug_blocker(part, *hold);
    error_free(*hold);
    *hold = NULL;
}
