// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the time of an attach or a detach goes.
 *
 * Time is charged to one account at a time. The bus notifiers of the driver
 * core say when a driver's probe or removal begins and ends, which costs some
 * ten instructions where a kprobe costs hundreds; tracepoints say when another
 * task, a work item or an interrupt takes the CPU. A task that is not in a
 * probe or a removal is somebody else's, and the idle task is waiting.
 */
#include <linux/debugfs.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/tracepoint.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

#include "bench.h"

enum account {
	IDLE,		/* nothing to do, or a driver of the SoC waits */
	WAITING,	/* idle while the finder or the core waits for something */
	OTHERS,		/* tasks and works that are no part of it */
	INTERRUPTS,	/* timer ticks and soft interrupts */
	DRIVERS,	/* probe and remove of the SoC's drivers, what they call included */
	FINDER,		/* probe and remove of the PCI driver, works of dtslot, without the above */
	DEFERRED,	/* works of the driver core: probes once more, frees device links */
	STEPS,		/* functions that "steps" names */
};

#define MAX_STEPS	12
#define MAX_OPEN	32
#define MAX_DEPTH	16

static const char * const names[] = {
	"idle", "waiting", "others", "interrupts", "drivers", "finder", "deferred",
};

/* Works of the driver core that belong to an attach or a detach. */
static const char * const work_names[] = {
	"deferred_probe_work_func", "device_link_release_fn",
};

/**
 * struct open - a task that has a probe, a removal or a step under way
 * @task: the task
 * @depth: how many are nested
 * @account: what each is charged to
 */
struct open {
	struct task_struct *task;
	unsigned int depth;
	u8 account[MAX_DEPTH];
};

/**
 * struct step - a function that is charged by itself
 * @probe: its entry and its return
 * @name: its name
 * @account: its account
 */
struct step {
	struct kretprobe probe;
	char name[64];
	unsigned int account;
};

static u64 charged[STEPS + MAX_STEPS];
static u64 last;
static unsigned int now_charged, in_interrupt, lost;
static struct open open[MAX_OPEN];
static struct step steps[MAX_STEPS];
static unsigned int step_count;
static void *work_functions[ARRAY_SIZE(work_names)];
static unsigned long core_base, core_size;	/* text of dtslot */

/* All below run with interrupts off: there is one CPU, and that is the lock. */

static void charge(void)
{
	u64 stamp = bench_stamp();

	charged[in_interrupt ? INTERRUPTS : now_charged] += stamp - last;
	last = stamp;
}

static struct open *find_open(const struct task_struct *task)
{
	int i;

	for (i = 0; i < MAX_OPEN; i++)
		if (open[i].task == task)
			return &open[i];
	return NULL;
}

static unsigned int account_of(const struct task_struct *task)
{
	const struct open *o;
	int i;

	if (!is_idle_task(task)) {
		o = find_open(task);
		return o ? o->account[o->depth - 1] : OTHERS;
	}
	for (i = 0; i < MAX_OPEN; i++)
		if (open[i].task && open[i].account[open[i].depth - 1] != DRIVERS)
			return WAITING;
	return IDLE;
}

static void enter(unsigned int account)
{
	unsigned long flags;
	struct open *o;

	local_irq_save(flags);
	charge();
	o = find_open(current);
	if (!o)
		o = find_open(NULL);
	if (o && o->depth < MAX_DEPTH) {
		o->task = current;
		o->account[o->depth++] = account;
		now_charged = account;
	} else {
		lost++;
	}
	local_irq_restore(flags);
}

static void leave(void)
{
	unsigned long flags;
	struct open *o;

	local_irq_save(flags);
	charge();
	o = find_open(current);
	if (o && !--o->depth)
		o->task = NULL;
	now_charged = account_of(current);
	local_irq_restore(flags);
}

/* Notifiers: one is called before all others, one after them. */

static bool is_of_card(const struct device *dev)
{
	const struct pci_dev *pdev = to_pci_dev(dev);

	return pdev->vendor == PCI_VENDOR_ID_EFAR && pdev->device == 0x9660;
}

static int pci_first(struct notifier_block *nb, unsigned long action, void *dev)
{
	if ((action == BUS_NOTIFY_BIND_DRIVER || action == BUS_NOTIFY_UNBIND_DRIVER) &&
	    is_of_card(dev))
		enter(FINDER);
	return NOTIFY_DONE;
}

static int pci_last(struct notifier_block *nb, unsigned long action, void *dev)
{
	if ((action == BUS_NOTIFY_BOUND_DRIVER || action == BUS_NOTIFY_UNBOUND_DRIVER ||
	     action == BUS_NOTIFY_DRIVER_NOT_BOUND) && is_of_card(dev))
		leave();
	return NOTIFY_DONE;
}

/*
 * A driver that makes or unbinds a device in its own probe or removal pays for
 * that, but not for what dtslot does then by way of a notifier.
 */
static void enter_notifiers(void)
{
	unsigned int account = account_of(current);

	enter(account == DRIVERS || account == OTHERS ? FINDER : account);
}

static int platform_first(struct notifier_block *nb, unsigned long action, void *dev)
{
	switch (action) {
	case BUS_NOTIFY_BOUND_DRIVER:
	case BUS_NOTIFY_DRIVER_NOT_BOUND:
	case BUS_NOTIFY_UNBOUND_DRIVER:
		leave();
		break;
	case BUS_NOTIFY_ADD_DEVICE:
	case BUS_NOTIFY_UNBIND_DRIVER:
		enter_notifiers();
		break;
	}
	return NOTIFY_DONE;
}

static int platform_last(struct notifier_block *nb, unsigned long action, void *dev)
{
	switch (action) {
	case BUS_NOTIFY_BIND_DRIVER:
		enter(DRIVERS);
		break;
	case BUS_NOTIFY_UNBIND_DRIVER:
		leave();
		enter(DRIVERS);
		break;
	case BUS_NOTIFY_ADD_DEVICE:
		leave();
		break;
	}
	return NOTIFY_DONE;
}

static struct {
	const struct bus_type *bus;
	struct notifier_block nb;
} notifiers[] = {
	{ &pci_bus_type, { .notifier_call = pci_first, .priority = INT_MAX } },
	{ &pci_bus_type, { .notifier_call = pci_last, .priority = INT_MIN } },
	{ &platform_bus_type, { .notifier_call = platform_first, .priority = INT_MAX } },
	{ &platform_bus_type, { .notifier_call = platform_last, .priority = INT_MIN } },
};

/* Tracepoints: their probes run with preemption off. */

static void on_switch(void *data, bool preempt, struct task_struct *prev,
		      struct task_struct *next, unsigned int prev_state)
{
	unsigned long flags;

	local_irq_save(flags);
	charge();
	now_charged = account_of(next);
	local_irq_restore(flags);
}

/* The account of a work; -1 if it is no part of an attach or a detach. */
static int account_of_work(void *function)
{
	int i;

	if ((unsigned long)function - core_base < core_size)
		return FINDER;
	for (i = 0; i < ARRAY_SIZE(work_functions); i++)
		if (work_functions[i] == function)
			return DEFERRED;
	return -1;
}

static void on_work_start(void *data, struct work_struct *work)
{
	int account = account_of_work(work->func);

	if (account >= 0)
		enter(account);
}

static void on_work_end(void *data, struct work_struct *work, work_func_t function)
{
	if (account_of_work(function) >= 0)
		leave();
}

static int module_event(struct notifier_block *nb, unsigned long action, void *data)
{
	struct module *mod = data;

	if (strcmp(mod->name, "dtslot"))
		return NOTIFY_DONE;
	if (action == MODULE_STATE_COMING) {
		core_base = (unsigned long)mod->mem[MOD_TEXT].base;
		core_size = mod->mem[MOD_TEXT].size;
	} else if (action == MODULE_STATE_GOING) {
		core_size = 0;
	}
	return NOTIFY_OK;
}

static struct notifier_block module_notifier = {
	.notifier_call = module_event,
};

static void on_interrupt(void *data, unsigned int number)
{
	unsigned long flags;

	local_irq_save(flags);
	charge();
	in_interrupt++;
	local_irq_restore(flags);
}

static void on_interrupt_end(void *data, unsigned int number)
{
	unsigned long flags;

	local_irq_save(flags);
	charge();
	if (in_interrupt)
		in_interrupt--;
	local_irq_restore(flags);
}

static struct {
	const char *name;
	void *probe;
	struct tracepoint *tp;
} tracepoints[] = {
	{ "sched_switch", on_switch },
	{ "workqueue_execute_start", on_work_start },
	{ "workqueue_execute_end", on_work_end },
	/* Registered one by one: no end of what has begun may be missed. */
	{ "local_timer_exit", on_interrupt_end },
	{ "local_timer_entry", on_interrupt },
	{ "softirq_exit", on_interrupt_end },
	{ "softirq_entry", on_interrupt },
};

static void note_tracepoint(struct tracepoint *tp, void *priv)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(tracepoints); i++)
		if (!strcmp(tp->name, tracepoints[i].name))
			tracepoints[i].tp = tp;
}

/* "steps": each line written adds a function, an empty one takes all away. */

static int step_entered(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	enter(container_of(get_kretprobe(ri), struct step, probe)->account);
	return 0;
}

static int step_left(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	leave();
	return 0;
}

static void clear_steps(void)
{
	while (step_count)
		unregister_kretprobe(&steps[--step_count].probe);
}

static int add_step(const char *name)
{
	struct step *s = &steps[step_count];
	int ret;

	if (step_count == MAX_STEPS)
		return -ENOSPC;
	memset(s, 0, sizeof(*s));
	strscpy(s->name, name, sizeof(s->name));
	s->account = STEPS + step_count;
	s->probe.kp.symbol_name = s->name;
	s->probe.entry_handler = step_entered;
	s->probe.handler = step_left;
	ret = register_kretprobe(&s->probe);
	if (!ret)
		step_count++;
	return ret;
}

static ssize_t steps_write(struct file *file, const char __user *from, size_t count, loff_t *pos)
{
	char *name = memdup_user_nul(from, count);
	int ret = 0;

	if (IS_ERR(name))
		return PTR_ERR(name);
	strim(name);
	if (*name)
		ret = add_step(name);
	else
		clear_steps();
	kfree(name);
	return ret ? ret : count;
}

static const struct file_operations steps_fops = {
	.owner = THIS_MODULE,
	.write = steps_write,
};

/* "cost": a line for each account, nanoseconds; reading starts all anew. */
static int cost_show(struct seq_file *file, void *unused)
{
	u64 sum[ARRAY_SIZE(charged)];
	unsigned long flags;
	unsigned int i;

	local_irq_save(flags);
	charge();
	memcpy(sum, charged, sizeof(sum));
	memset(charged, 0, sizeof(charged));
	local_irq_restore(flags);
	for (i = 0; i < STEPS; i++)
		seq_printf(file, "%s %llu\n", names[i], sum[i]);
	for (i = 0; i < step_count; i++)
		seq_printf(file, "%s %llu\n", steps[i].name, sum[STEPS + i]);
	seq_printf(file, "lost %u\n", lost);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(cost);

/* The address of a function that is not exported. */
static void *address_of(const char *name)
{
	struct kprobe probe = { .symbol_name = name };
	void *address;

	if (register_kprobe(&probe))
		return NULL;
	address = probe.addr;
	unregister_kprobe(&probe);
	return address;
}

static void unregister_tracepoints(int count)
{
	while (count--)
		tracepoint_probe_unregister(tracepoints[count].tp, tracepoints[count].probe, NULL);
	tracepoint_synchronize_unregister();
}

static int register_tracepoints(void)
{
	int i, ret;

	for_each_kernel_tracepoint(note_tracepoint, NULL);
	for (i = 0; i < ARRAY_SIZE(tracepoints); i++) {
		ret = tracepoints[i].tp ?
		      tracepoint_probe_register(tracepoints[i].tp, tracepoints[i].probe, NULL) :
		      -ENOENT;
		if (ret) {
			pr_err("dtslot-bench: no tracepoint %s\n", tracepoints[i].name);
			unregister_tracepoints(i);
			return ret;
		}
	}
	return 0;
}

int bench_cost_init(struct dentry *dir)
{
	int i, ret;

	for (i = 0; i < ARRAY_SIZE(work_names); i++) {
		work_functions[i] = address_of(work_names[i]);
		if (!work_functions[i]) {
			pr_err("dtslot-bench: no function %s\n", work_names[i]);
			return -ENOENT;
		}
	}
	last = bench_stamp();
	now_charged = OTHERS;
	ret = register_module_notifier(&module_notifier);
	if (ret)
		return ret;
	ret = register_tracepoints();
	if (ret)
		goto err_module;
	for (i = 0; i < ARRAY_SIZE(notifiers); i++) {
		ret = bus_register_notifier(notifiers[i].bus, &notifiers[i].nb);
		if (ret)
			goto err_unregister;
	}
	debugfs_create_file("cost", 0400, dir, NULL, &cost_fops);
	debugfs_create_file("steps", 0200, dir, NULL, &steps_fops);
	return 0;

err_unregister:
	while (i--)
		bus_unregister_notifier(notifiers[i].bus, &notifiers[i].nb);
	unregister_tracepoints(ARRAY_SIZE(tracepoints));
err_module:
	unregister_module_notifier(&module_notifier);
	return ret;
}

void bench_cost_exit(void)
{
	int i;

	clear_steps();
	for (i = 0; i < ARRAY_SIZE(notifiers); i++)
		bus_unregister_notifier(notifiers[i].bus, &notifiers[i].nb);
	unregister_tracepoints(ARRAY_SIZE(tracepoints));
	unregister_module_notifier(&module_notifier);
}
