# SPDX-License-Identifier: GPL-2.0-or-later
"""What the kernel log says about a test, whatever its script said."""

import re

# Each of these in the log fails the test.
COMPLAINTS = re.compile("|".join((
    r"\bWARNING:", r"\bBUG:", r"\bBUG \S+ \(", r"kernel BUG at", r"\bOops\b", r"Kernel panic", r"Call Trace:",
    r"general protection fault", r"Unable to handle", r"unable to handle",
    r"KASAN:", r"UBSAN:", r"kmemleak: \d+ new suspected", r"refcount_t:", r"ODEBUG:", r"list_(add|del) corruption",
    r"INFO: possible", r"INFO: suspicious", r"INFO: trying to register non-static key", r"INFO: task .* blocked",
    r"possible circular locking", r"possible recursive locking", r"possible irq lock inversion",
    r"inconsistent lock state", r"DEADLOCK", r"lock held when returning", r"scheduling while atomic",
    r"sleeping function called from invalid context", r"suspicious RCU usage",
    r"rcu: INFO:", r"detected stall", r"soft lockup", r"hard LOCKUP",
    r"nobody cared", r"Disabling IRQ #", r"irq \d+: .* disabled",
    r"[Mm]emory leak(?! detector)", r"(unexpected|expected) refcount", r"OF: ERROR", r"attempted to be freed",
    r"sysfs: cannot create duplicate", r"kobject_add_internal failed", r"does not have a release\(\) function",
    r"tried to init an initialized object", r"is not initialized, yet kobject",
    r"firmware: failed to load dtslot/\S+ \(-2\)",
    r"Slab .*(corrupt|objects remaining|not freed)", r"Object .* not freed", r"Object already free",
    r"[Pp]oison overwritten", r"Redzone overwritten", r"Out of memory", r"segfault at", r"taints kernel: .*B",
)))

# pciehp takes reset_lock and pci_rescan_remove_lock in both orders since long ago. lockdep says so at the
# first native hot-plug and then turns itself off. It is not ours, and these two locks make it that report.
PCIEHP_LOCKS = ("reset_lock", "pci_rescan_remove_lock")
LOCKDEP_START = re.compile(r"WARNING: possible circular locking dependency detected")
LOCKDEP_LIMIT = 250
RULE = re.compile(r"={20,}\s*$")
TRACE_END = re.compile(r"</TASK>")

# A supplier that is about to be unbound waits for one consumer's probe; another one that begins its probe meanwhile
# and lacks a further supplier meets this warning. It is the driver core's own (docs/mainline.md) and harmless. Guests
# panic at it, but those of a storm.
LINK_WARNING = re.compile(r"WARNING: .*drivers/base/core\.c:\d+ (at )?device_links_check_suppliers\+")


def without_link_warning(lines):
    """The lines without that warning, and without the heading of its trace."""
    kept, inside = [], False
    for line in lines:
        if LINK_WARNING.search(line):
            inside = True
        elif inside and re.search(r"\] Call Trace:$", line):
            inside = False
        else:
            kept.append(line)
    return kept


def without_pciehp_report(lines):
    """The lines without lockdep's report about pciehp's own two locks, if it is there."""
    for start, line in enumerate(lines):
        if not LOCKDEP_START.search(line):
            continue
        report = lines[start:start + LOCKDEP_LIMIT]
        end = next((n for n, text in enumerate(report) if TRACE_END.search(text)), None)
        if end is None:
            return lines
        text = "\n".join(report[:end + 1])
        wanted = re.search(r"is trying to acquire lock:\n.*?\((\S+?)\)?\{.*?already holding lock:\n.*?\((\S+?)\)?\{",
                           text, re.S)
        locks = " ".join(wanted.groups()) if wanted else ""
        if all(name in locks for name in PCIEHP_LOCKS):
            first = start - 1 if start and RULE.search(lines[start - 1]) else start
            return lines[:first] + lines[start + end + 1:]
    return lines


def complaints(log, expected=()):
    """Lines of a kernel log that fail a test, then the expected patterns that did not come.

    A line that matches an expected regular expression is no complaint; an expected one that matches nothing is.
    """
    expected = [re.compile(pattern) for pattern in expected]
    seen = set()
    found = []
    for line in without_link_warning(without_pciehp_report(log.splitlines())):
        matching = [pattern for pattern in expected if pattern.search(line)]
        seen.update(matching)
        if not matching and COMPLAINTS.search(line):
            found.append(line.strip())
    return found + [f"expected in the log but not there: {pattern.pattern}"
                    for pattern in expected if pattern not in seen]
