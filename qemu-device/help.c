/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What "-device ...,help" says of properties. */

#include "qemu/osdep.h"
#include "help.h"

void lan966x_help(ObjectClass *klass, const Lan966xHelp *help)
{
    for (; help->name; help++) {
        object_class_property_set_description(klass, help->name, help->text);
    }
}
