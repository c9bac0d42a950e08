/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What differs between the versions of QEMU that this model builds with. */

#ifndef LAN966X_COMPAT_H
#define LAN966X_COMPAT_H

#include "chardev/char-fe.h"
#include "hw/misc/lan966x/compat-config.h"  /* made by meson.build */

/* QEMU's own headers have moved: those of memory in 10.1, of devices in 11.0 */
#ifdef LAN966X_HAS_SYSTEM_MEMORY
#include "system/memory.h"
#else
#include "exec/memory.h"
#endif
#ifdef LAN966X_HAS_CORE_QDEV
#include "hw/core/hotplug.h"
#include "hw/core/irq.h"
#include "hw/core/qdev.h"
#include "hw/core/qdev-properties.h"
#include "hw/core/qdev-properties-system.h"
#else
#include "hw/hotplug.h"
#include "hw/irq.h"
#include "hw/qdev-core.h"
#include "hw/qdev-properties.h"
#include "hw/qdev-properties-system.h"
#endif

/* What class_init receives; read-only since QEMU 10.1 */
#ifdef LAN966X_CLASS_DATA_CONST
typedef const void Lan966xClassData;
#else
typedef void Lan966xClassData;
#endif

/* The user of a character device has been renamed in QEMU 10.2 */
#ifndef LAN966X_HAS_CHAR_FRONTEND
typedef CharBackend CharFrontend;
#endif

#endif /* LAN966X_COMPAT_H */
