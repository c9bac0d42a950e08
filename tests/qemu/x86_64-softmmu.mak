# SPDX-License-Identifier: GPL-2.0-or-later
# Beside devices.mak.
CONFIG_Q35=y
CONFIG_SERIAL_ISA=y
CONFIG_HPET=y
CONFIG_VTD=y
