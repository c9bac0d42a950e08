/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What "-device ...,help" says of properties. */

#ifndef LAN966X_HELP_H
#define LAN966X_HELP_H

#include "qom/object.h"

typedef struct Lan966xHelp {
    const char *name;           /* of a property, or NULL at the table's end */
    const char *text;
} Lan966xHelp;

/* Describe properties of a class; it has all that the table names */
void lan966x_help(ObjectClass *klass, const Lan966xHelp *help);

#endif /* LAN966X_HELP_H */
