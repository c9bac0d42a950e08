/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a FIFO of QEMU does not check when it is loaded. */

#ifndef LAN966X_FIFO_H
#define LAN966X_FIFO_H

#include "qemu/fifo8.h"

/* Whether what a migration has brought is within the FIFO, and within depth */
static inline bool lan966x_fifo_is_sane(const Fifo8 *fifo, uint32_t depth)
{
    return fifo->head < fifo->capacity && fifo->num <= fifo->capacity &&
           fifo->num <= depth;
}

#endif /* LAN966X_FIFO_H */
