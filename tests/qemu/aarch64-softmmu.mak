# SPDX-License-Identifier: GPL-2.0-or-later
# Beside devices.mak.
CONFIG_ARM_VIRT=y
