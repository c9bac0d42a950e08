/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of the types of all blocks, for the map in soc.c and their files. */

#ifndef LAN966X_TYPES_H
#define LAN966X_TYPES_H

#include "block.h"

#define TYPE_LAN966X_OIC "lan966x-oic"
#define TYPE_LAN966X_CPU "lan966x-cpu"
#define TYPE_LAN966X_GCK "lan966x-gck"
#define TYPE_LAN966X_GCB "lan966x-gcb"
#define TYPE_LAN966X_GPIO "lan966x-gpio"
#define TYPE_LAN966X_MIIM "lan966x-miim"
#define TYPE_LAN966X_SERDES "lan966x-serdes"
#define TYPE_LAN966X_FLEXCOM "lan966x-flexcom"
#define TYPE_LAN966X_SGPIO "lan966x-sgpio"
#define TYPE_LAN966X_HWMON "lan966x-hwmon"
#define TYPE_LAN966X_OTP "lan966x-otp"
#define TYPE_LAN966X_MCAN "lan966x-mcan"
#define TYPE_LAN966X_TRNG "lan966x-trng"
#define TYPE_LAN966X_WDT "lan966x-wdt"
#define TYPE_LAN966X_AFI "lan966x-afi"
#define TYPE_LAN966X_ANA "lan966x-ana"
#define TYPE_LAN966X_FDMA "lan966x-fdma"
#define TYPE_LAN966X_IATU "lan966x-iatu"
#define TYPE_LAN966X_PORT "lan966x-port"
#define TYPE_LAN966X_PTP "lan966x-ptp"
#define TYPE_LAN966X_QS "lan966x-qs"
#define TYPE_LAN966X_QSYS "lan966x-qsys"
#define TYPE_LAN966X_REW "lan966x-rew"
#define TYPE_LAN966X_SYS "lan966x-sys"
#define TYPE_LAN966X_VCAP "lan966x-vcap"

#endif /* LAN966X_TYPES_H */
