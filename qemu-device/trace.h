/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trace events of the LAN966x model, generated from trace-events. */
#include "trace/trace-hw_misc_lan966x.h"
