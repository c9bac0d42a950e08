// SPDX-License-Identifier: GPL-2.0-only
/*
 * I2C through a connector: a gate for each bus, an adapter that has the connector's
 * node for it, so that the I2C core makes the devices of an add-on.
 *
 * A gate stays while add-ons come and go, and passes nothing on without power. It is
 * no i2c-mux, for two reasons. A connector that is part of an add-on goes while programs
 * have its adapters open: i2c_del_adapter() waits for them, so a gate waits in a work of
 * its own. And gates of several connectors may be on the same wires at the same time,
 * which mux channels never are: so each looks at the others.
 */
#include <linux/completion.h>
#include <linux/i2c.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/of.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#include "../compat.h"
#include "connector.h"

#define MAX_BUSES	4

/* How often a wait for programs shows the kernel's search for hung tasks that it is meant. */
#define SIGN_OF_LIFE	(10 * HZ)

/**
 * struct gate - one I2C bus through a connector
 * @adapter: what the add-on's devices are on
 * @algo: how it transfers: as its parent does
 * @parent: the adapter of the base, with a reference
 * @owner: the buses that it is one of; NULL once the connector goes
 * @reg: number of the bus on the connector
 * @list: entry in the list of all gates
 * @work: deletes it
 * @timer: wakes @waiter now and then
 * @waiter: the task that waits for programs
 */
struct gate {
	struct i2c_adapter adapter;
	struct i2c_algorithm algo;
	struct i2c_adapter *parent;
	const struct connector_i2c *owner;
	u32 reg;
	struct list_head list;
	struct work_struct work;
	struct timer_list timer;
	struct task_struct *waiter;
};

/**
 * struct connector_i2c - the I2C buses of a connector
 * @dev: the connector
 * @power: what decides whether they pass anything on
 * @memory: where the ID memory of its add-ons is
 * @gates: the buses
 * @count: how many
 */
struct connector_i2c {
	struct device *dev;
	const struct connector_power *power;
	const struct connector_memory *memory;
	struct gate *gates[MAX_BUSES];
	unsigned int count;
};

static LIST_HEAD(gates);
static DEFINE_MUTEX(gates_lock);	/* guards gates */

/* Gates that are deleted: not frozen, as they may wait for programs that are. */
static struct workqueue_struct *gates_wq;

static struct gate *to_gate(struct i2c_adapter *adapter)
{
	return container_of(adapter, struct gate, adapter);
}

/* The I2C core holds the lock of the adapter, under which the owner goes. */
static bool is_open(const struct gate *gate)
{
	return gate->owner && connector_powered(gate->owner->power);
}

static int gate_xfer(struct i2c_adapter *adapter, struct i2c_msg *msgs, int num)
{
	struct gate *gate = to_gate(adapter);

	return is_open(gate) ? i2c_transfer(gate->parent, msgs, num) : -ENODEV;
}

static int gate_smbus_xfer(struct i2c_adapter *adapter, u16 addr, unsigned short flags,
			   char read_write, u8 command, int size, union i2c_smbus_data *data)
{
	struct gate *gate = to_gate(adapter);

	if (!is_open(gate))
		return -ENODEV;
	return i2c_smbus_xfer(gate->parent, addr, flags, read_write, command, size, data);
}

static u32 gate_functionality(struct i2c_adapter *adapter)
{
	return i2c_get_functionality(to_gate(adapter)->parent);
}

/* The adapter's driver must not go before the connector's. */
static void link_adapter(struct connector_i2c *i2c, struct i2c_adapter *parent)
{
	struct device *dev = &parent->dev;

	/* Adapters have no driver, and those of muxes hang below other adapters. */
	while (dev && !dev->driver)
		dev = dev->parent;
	if (dev && dev != i2c->dev &&
	    !device_link_add(i2c->dev, dev, DL_FLAG_AUTOREMOVE_CONSUMER))
		dev_dbg(i2c->dev, "no link to %s\n", dev_name(dev));
}

static void free_gate(struct gate *gate)
{
	put_device(&gate->parent->dev);
	kfree(gate);
}

/* A wake-up without a reason is none for the one that waits for a completion. */
static void sign_of_life(struct timer_list *timer)
{
	struct gate *gate = container_of(timer, struct gate, timer);

	wake_up_process(gate->waiter);
	mod_timer(timer, jiffies + SIGN_OF_LIFE);
}

static void delete_gate(struct work_struct *work)
{
	struct gate *gate = container_of(work, struct gate, work);
	struct device_node *np = gate->adapter.dev.of_node;

	gate->waiter = current;
	mod_timer(&gate->timer, jiffies + SIGN_OF_LIFE);
	i2c_del_adapter(&gate->adapter);
	timer_shutdown_sync(&gate->timer);
	of_node_put(np);
	free_gate(gate);
}

static int register_gate(struct connector_i2c *i2c, struct gate *gate, struct device_node *np)
{
	struct i2c_adapter *adapter = &gate->adapter, *parent = gate->parent;

	if (parent->algo->xfer)
		gate->algo.xfer = gate_xfer;
	if (parent->algo->smbus_xfer)
		gate->algo.smbus_xfer = gate_smbus_xfer;
	gate->algo.functionality = gate_functionality;
	scnprintf(adapter->name, sizeof(adapter->name), "i2c-%d through %s",
		  i2c_adapter_id(parent), dev_name(i2c->dev));
	adapter->owner = THIS_MODULE;
	adapter->algo = &gate->algo;
	adapter->dev.parent = &parent->dev;
	adapter->dev.of_node = of_node_get(np);
	adapter->retries = parent->retries;
	adapter->timeout = parent->timeout;
	adapter->quirks = parent->quirks;
	return i2c_add_adapter(adapter);
}

static int add_gate(struct connector_i2c *i2c, struct device_node *np, struct i2c_adapter *parent,
		    u32 reg)
{
	struct gate *gate;
	char name[20];
	int ret;

	gate = kzalloc_obj(*gate);
	if (!gate) {
		put_device(&parent->dev);
		return -ENOMEM;
	}
	gate->parent = parent;
	gate->owner = i2c;
	gate->reg = reg;
	INIT_WORK(&gate->work, delete_gate);
	timer_setup(&gate->timer, sign_of_life, 0);
	link_adapter(i2c, parent);
	ret = register_gate(i2c, gate, np);
	if (ret) {
		of_node_put(np);
		free_gate(gate);
		return ret;
	}
	i2c->gates[i2c->count++] = gate;
	scoped_guard(mutex, &gates_lock)
		list_add_tail(&gate->list, &gates);
	scnprintf(name, sizeof(name), "channel-%u", reg);
	return sysfs_create_link(&i2c->dev->kobj, &gate->adapter.dev.kobj, name);
}

static int check_reg(struct connector_i2c *i2c, struct device_node *np, u32 *reg)
{
	unsigned int i;

	if (of_property_read_u32(np, "reg", reg))
		return dev_err_probe(i2c->dev, -EINVAL, "%pOF has no 'reg'\n", np);
	if (i2c->count == MAX_BUSES)
		return dev_err_probe(i2c->dev, -EINVAL, "%pOF: there are more than %u buses\n", np,
				     MAX_BUSES);
	for (i = 0; i < i2c->count; i++)
		if (i2c->gates[i]->reg == *reg)
			return dev_err_probe(i2c->dev, -EINVAL,
					     "%pOF has the same 'reg' as %pOF: give each bus its own\n",
					     np, i2c->gates[i]->adapter.dev.of_node);
	return 0;
}

static int add_bus(struct connector_i2c *i2c, struct device_node *np)
{
	struct device_node *parent_np __free(device_node) = of_parse_phandle(np, "i2c-parent", 0);
	struct i2c_adapter *parent;
	u32 reg;
	int ret;

	if (!parent_np)
		return 0;
	ret = check_reg(i2c, np, &reg);
	if (ret)
		return ret;
	parent = of_find_i2c_adapter_by_node(parent_np);
	if (!parent)
		return dev_err_probe(i2c->dev, -EPROBE_DEFER, "no I2C adapter %pOF yet\n",
				     parent_np);
	return add_gate(i2c, np, parent, reg);
}

/**
 * connector_i2c_create() - make the adapters of a connector
 * @dev: the connector; its child nodes with "i2c-parent" are buses
 * @power: whether they pass anything on
 * @memory: where the ID memory of add-ons is
 *
 * Return: to be destroyed by connector_i2c_destroy(), or an ERR_PTR.
 */
struct connector_i2c *connector_i2c_create(struct device *dev,
					   const struct connector_power *power,
					   const struct connector_memory *memory)
{
	struct connector_i2c *i2c;
	int ret;

	i2c = devm_kzalloc(dev, sizeof(*i2c), GFP_KERNEL);
	if (!i2c)
		return ERR_PTR(-ENOMEM);
	i2c->dev = dev;
	i2c->power = power;
	i2c->memory = memory;
	for_each_available_child_of_node_scoped(dev->of_node, child) {
		ret = add_bus(i2c, child);
		if (ret) {
			connector_i2c_destroy(i2c);
			return ERR_PTR(ret);
		}
	}
	return i2c;
}

/**
 * struct leaving - a gate that is taken out of the system
 * @nb: called when it is
 * @dev: device of its adapter
 * @gone: completed then
 */
struct leaving {
	struct notifier_block nb;
	struct device *dev;
	struct completion gone;
};

static int bus_event(struct notifier_block *nb, unsigned long action, void *data)
{
	struct leaving *leaving = container_of(nb, struct leaving, nb);

	if (action == BUS_NOTIFY_REMOVED_DEVICE && data == leaving->dev)
		complete(&leaving->gone);
	return NOTIFY_DONE;
}

/* On return nothing finds the gate any more; what has it open gets errors. */
static void remove_gate(struct gate *gate)
{
	struct leaving leaving = { .nb.notifier_call = bus_event, .dev = &gate->adapter.dev };

	scoped_guard(mutex, &gates_lock)
		list_del(&gate->list);
	i2c_lock_bus(&gate->adapter, I2C_LOCK_SEGMENT);
	gate->owner = NULL;
	i2c_unlock_bus(&gate->adapter, I2C_LOCK_SEGMENT);
	init_completion(&leaving.gone);
	if (bus_register_notifier(&i2c_bus_type, &leaving.nb)) {
		delete_gate(&gate->work);
		return;
	}
	queue_work(gates_wq, &gate->work);
	wait_for_completion(&leaving.gone);
	bus_unregister_notifier(&i2c_bus_type, &leaving.nb);
}

/**
 * connector_i2c_destroy() - take the adapters away
 * @i2c: the buses; no add-on uses them any more
 *
 * Waits for no program that has one open: it gets errors, and the last one's end
 * frees the adapter.
 */
void connector_i2c_destroy(struct connector_i2c *i2c)
{
	while (i2c->count) {
		struct gate *gate = i2c->gates[--i2c->count];
		char name[20];

		scnprintf(name, sizeof(name), "channel-%u", gate->reg);
		sysfs_remove_link(&i2c->dev->kobj, name);
		remove_gate(gate);
	}
}

static bool shares_wires(const struct gate *gate, const struct connector_i2c *i2c)
{
	unsigned int i;

	for (i = 0; i < i2c->count; i++)
		if (gate != i2c->gates[i] && gate->parent == i2c->gates[i]->parent)
			return true;
	return false;
}

/**
 * connector_i2c_id_is_unique() - whether only this connector's add-on can answer as its ID memory
 * @i2c: the connector's buses
 * @text: receives the message if not
 *
 * Return: 0, or -EADDRINUSE if another connector on the same wires has power and its
 * add-ons have their ID memory at the same address.
 */
int connector_i2c_id_is_unique(const struct connector_i2c *i2c, struct dtslot_text *text)
{
	const struct connector_memory *mine = i2c->memory, *other;
	struct gate *gate;

	guard(mutex)(&gates_lock);
	list_for_each_entry(gate, &gates, list) {
		if (gate->owner == i2c || !shares_wires(gate, i2c) ||
		    !connector_powered(gate->owner->power))
			continue;
		other = gate->owner->memory;
		if (other->bus == gate->adapter.dev.of_node && other->first <= mine->last &&
		    mine->first <= other->last)
			return dtslot_fail(text, -EADDRINUSE,
					   "connector %s is on the same wires (i2c-%d), and the ID memory of its add-on is at address 0x%02x, too: give each connector its own i2c-address, or its own bus",
					   dev_name(gate->owner->dev),
					   i2c_adapter_id(gate->parent), other->first);
	}
	return 0;
}

/**
 * struct twin - a device at an address for which another one is looked for
 * @address: the address
 * @gate: the gate that its own is compared with
 * @text: receives the message
 */
struct twin {
	u16 address;
	struct gate *gate;
	struct dtslot_text *text;
};

static int has_address(struct device *dev, void *arg)
{
	struct i2c_client *client = i2c_verify_client(dev);
	struct twin *twin = arg;

	if (!client || client->addr != twin->address)
		return 0;
	return dtslot_fail(twin->text, -EADDRINUSE,
			   "I2C address 0x%02x is that of '%s' on connector %s, too, which is on the same wires (i2c-%d)",
			   client->addr, client->name, dev_name(twin->gate->owner->dev),
			   i2c_adapter_id(twin->gate->parent));
}

static int find_twin(struct device *dev, void *arg)
{
	struct i2c_client *client = i2c_verify_client(dev);
	struct twin *twin = arg;

	if (!client)
		return 0;
	twin->address = client->addr;
	return device_for_each_child(&twin->gate->adapter.dev, twin, has_address);
}

/**
 * connector_i2c_check() - whether the add-on's devices have addresses of their own
 * @i2c: the connector's buses
 * @text: receives the message if not
 *
 * The I2C core looks for another device of one address on the adapter and above it, but
 * not behind other gates.
 *
 * Return: 0, or -EADDRINUSE.
 */
int connector_i2c_check(struct connector_i2c *i2c, struct dtslot_text *text)
{
	struct twin twin = { .text = text };
	unsigned int i;
	int ret;

	guard(mutex)(&gates_lock);
	list_for_each_entry(twin.gate, &gates, list) {
		for (i = 0; i < i2c->count; i++) {
			struct gate *mine = i2c->gates[i];

			if (mine == twin.gate || mine->parent != twin.gate->parent)
				continue;
			ret = device_for_each_child(&mine->adapter.dev, &twin, find_twin);
			if (ret)
				return ret;
		}
	}
	return 0;
}

/**
 * connector_i2c_init() - prepare for gates
 *
 * Return: 0 or -ENOMEM.
 */
int connector_i2c_init(void)
{
	gates_wq = alloc_workqueue("dtslot-connector-i2c", WQ_UNBOUND, 0);
	return gates_wq ? 0 : -ENOMEM;
}

/**
 * connector_i2c_exit() - wait for the last gate that is deleted
 */
void connector_i2c_exit(void)
{
	destroy_workqueue(gates_wq);
}
