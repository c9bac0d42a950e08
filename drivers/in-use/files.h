/* SPDX-License-Identifier: GPL-2.0-only */
/* Open files of devices in slots: see files.c, which is part of the core. */
#ifndef DTSLOT_FILES_H
#define DTSLOT_FILES_H

#include <linux/sched.h>

#include "../dtslot.h"

struct file;

/**
 * struct dtslot_holder - a task that has a file open
 * @comm: its name
 * @pid: its process
 */
struct dtslot_holder {
	char comm[TASK_COMM_LEN];
	pid_t pid;
};

int dtslot_find_open(int (*match)(const void *arg, struct file *file, unsigned int fd),
		     const void *arg, struct dtslot_holder *holder);
bool dtslot_is_bus_of(const struct dtslot *slot, const struct file *file);
void dtslot_i2c_revoke(const struct dtslot *slot);
int dtslot_i2c_in_use(const struct dtslot *slot, struct dtslot_text *text);

#endif
