# SPDX-License-Identifier: GPL-2.0-or-later
"""The judge finds each kind of kernel complaint, and only two of mainline's own are let through.

Broken if it fails: a class of mistakes goes unnoticed, or everything on the debug kernel fails.
"""

from lib import judge

kernels = ()

COMPLAINTS = """\
[    1.0] WARNING: CPU: 0 PID: 1 at kernel/foo.c:12 foo+0x1/0x2
[    1.0] BUG: KASAN: slab-use-after-free in foo+0x1/0x2
[    1.0] BUG: kernel NULL pointer dereference, address: 0000000000000000
[    1.0] Oops: 0000 [#1] SMP PTI
[    1.0] kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)
[    1.0] irq 22: nobody cared (try booting with the "irqpoll" option)
[    1.0] OF: ERROR: memory leak before free overlay changeset,  /pci@0/dev@0
[    1.0] OF: ERROR: memory leak, expected refcount 1 instead of 2, of_node_get()/of_node_put() unbalanced
[    1.0] refcount_t: underflow; use-after-free.
[    1.0] sysfs: cannot create duplicate filename '/bus/platform/devices/x'
[    1.0] INFO: task modprobe:77 blocked for more than 120 seconds.
[    1.0] WARNING: possible recursive locking detected
[    1.0] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:
[    1.0] BUG: sleeping function called from invalid context at x.c:1
[    1.0] ODEBUG: free active (active state 0) object: 0 object type: timer_list
[    1.0] BUG foo (Not tainted): Objects remaining in foo on __kmem_cache_shutdown()
[    1.0] dtslot pci-0000:01:00.0: firmware: failed to load dtslot/pci-1055-9660-1055-9660.dtbo (-2)
[    1.0] Call Trace:
"""

QUIET = """\
[    1.0] pcieport 0000:00:04.0: pciehp: Slot(1): Button press: will power on in 5 sec
[    1.0] debug: unmapping init memory
[    1.0] dtslot-pci 0000:01:00.0: no usable interrupt
[    1.0] dtslot pci-0000:01:00.0: firmware: failed to load dtslot/pci-1055-9660-1055-9660.dtbo (-22)
"""

PCIEHP = """\
[    9.0] ======================================================
[    9.0] WARNING: possible circular locking dependency detected
[    9.0] 7.3.4 #1 Not tainted
[    9.0] ------------------------------------------------------
[    9.0] irq/24-pciehp/70 is trying to acquire lock:
[    9.0] ffff888004 ({held}){{+.+.}}-{{4:4}}, at: pci_lock_rescan_remove+0x1/0x2
[    9.0]
[    9.0] but task is already holding lock:
[    9.0] ffff888005 (&ctrl->reset_lock){{.+.+}}-{{4:4}}, at: pciehp_ist+0x1/0x2
[    9.0] Call Trace:
[    9.0]  <TASK>
[    9.0]  dump_stack_lvl+0x1/0x2
[    9.0]  </TASK>
"""

# as 6.12 and 7.3 write it
LINK_WARNING = """\
[    9.0] WARNING: CPU: 1 PID: 12 at {file}:1079 {function}+0x12e/0x199
[    9.0] WARNING: {file}:1085 at {function}+0x8d/0x1ab, CPU#1: sh/510
[    9.0] RIP: 0010:{function}+0x12e/0x199
[    9.0] Call Trace:
"""


def test(_):
    for line in COMPLAINTS.splitlines():
        assert judge.complaints(line), line
    for line in QUIET.splitlines():
        assert not judge.complaints(line), line
    known = PCIEHP.format(held="pci_rescan_remove_lock")
    assert not judge.complaints(known)
    assert judge.complaints(known + COMPLAINTS.splitlines()[0])
    assert judge.complaints(PCIEHP.format(held="of_mutex"))
    known = LINK_WARNING.format(file="drivers/base/core.c", function="device_links_check_suppliers")
    assert not judge.complaints(known)
    for line in COMPLAINTS.splitlines():
        assert judge.complaints(known + line), line
    assert judge.complaints(LINK_WARNING.format(file="drivers/base/core.c", function="device_links_driver_bound"))
