// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupt controller of a card: its function's node as an irq domain. Line n is
 * vector n of the function: of MSI-X, of MSI, or the one of INTx.
 *
 * Vectors are taken for the lines that the overlay's nodes name, and only for those:
 * a card whose overlay names none needs no interrupt.
 */
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/irqdomain.h>
#include <linux/of.h>
#include <linux/of_irq.h>
#include <linux/of_pci.h>
#include <linux/slab.h>
#include <linux/timer.h>

#include "../compat.h"
#include "pci.h"

/* What MSI-X can have. */
#define MAX_LINES	2048

/* How often registers are looked at for one message, before the CPU gets a rest of a tick. */
#define MAX_LOOKS	64

/**
 * struct line - an interrupt that devices of the card can ask for
 * @card: the card
 * @irq: Linux interrupt number of its vector; 0 if no node names the line
 * @desc: the line's own descriptor while it has a consumer, else NULL: there is
 *	none to hand to
 * @moves: its affinity was set before it was started: its vector has not moved yet
 * @name: what /proc/interrupts shows for the vector
 */
struct line {
	struct dtslot_pci_irq *card;
	unsigned int irq;
	struct irq_desc *desc;
	bool moves;
	char name[24];
};

/**
 * struct dtslot_pci_irq - interrupts of a card
 * @pdev: the function
 * @function: its node
 * @soc: what is known of the SoC; NULL for none
 * @domain: domain with the lines
 * @regs: BAR with the registers of @soc->pending; NULL if it has none
 * @again: looks at the registers again, if they had no end, or messages were not sent
 * @lock: held while a line's vector is masked, unmasked or moved
 * @started: vectors are there
 * @count: how many lines there are
 * @lines: the lines
 */
struct dtslot_pci_irq {
	struct pci_dev *pdev;
	struct device_node *function;
	const struct dtslot_pci_soc *soc;
	struct irq_domain *domain;
	void __iomem *regs;
	struct timer_list again;
	raw_spinlock_t lock;	/* guards started against what a line does to its vector */
	bool started;
	unsigned int count;
	struct line lines[] __counted_by(count);
};

/* The descriptors of lines are locked around those of vectors. */
static struct lock_class_key line_lock_class, line_request_class;

/* --- a line of INTx --- */

static void set_intx(struct pci_dev *pdev, bool on)
{
	u16 command;

	pci_read_config_word(pdev, PCI_COMMAND, &command);
	if (on)
		command &= ~PCI_COMMAND_INTX_DISABLE;
	else
		command |= PCI_COMMAND_INTX_DISABLE;
	pci_write_config_word(pdev, PCI_COMMAND, command);
}

/*
 * INTx is let out as long as its line has a consumer. Whatever the SoC's interrupt
 * controller still asserts from an earlier life cannot storm before its driver
 * has cleared it.
 */
static void intx_mask(struct irq_data *data)
{
	struct line *line = irq_data_get_irq_chip_data(data);

	guard(raw_spinlock_irqsave)(&line->card->lock);
	WRITE_ONCE(line->desc, NULL);
	if (line->card->started)
		set_intx(line->card->pdev, false);
}

static void intx_unmask(struct irq_data *data)
{
	struct line *line = irq_data_get_irq_chip_data(data);

	guard(raw_spinlock_irqsave)(&line->card->lock);
	WRITE_ONCE(line->desc, irq_data_to_desc(data));
	if (line->card->started)
		set_intx(line->card->pdev, true);
}

/*
 * That there is this callback, which has nothing to do, keeps a chained handler
 * from masking and unmasking the line, that is INTx, around each interrupt.
 */
static void line_eoi(struct irq_data *data)
{
}

static struct irq_chip intx_chip = {
	.name = "dtslot-pci",
	.irq_mask = intx_mask,
	.irq_unmask = intx_unmask,
	.irq_eoi = line_eoi,
};

/* --- a line of MSI or MSI-X --- */

/* What comes while the vector is disabled is not lost: it is sent again. */
static void msi_mask(struct irq_data *data)
{
	struct line *line = irq_data_get_irq_chip_data(data);

	guard(raw_spinlock_irqsave)(&line->card->lock);
	WRITE_ONCE(line->desc, NULL);
	if (line->card->started)
		disable_irq_nosync(line->irq);
}

static void msi_unmask(struct irq_data *data)
{
	struct line *line = irq_data_get_irq_chip_data(data);

	guard(raw_spinlock_irqsave)(&line->card->lock);
	WRITE_ONCE(line->desc, irq_data_to_desc(data));
	if (!line->card->started)
		return;
	if (line->moves)
		irq_set_affinity(line->irq, irq_data_get_affinity_mask(data));
	line->moves = false;
	enable_irq(line->irq);
}

/* The vector was acknowledged before its handler ran. */
static void msi_ack(struct irq_data *data)
{
}

/*
 * At the start of a line the kernel asks with a global lock held, which the start of a vector
 * takes, too. So what root has set before is done when the line is unmasked. By default the
 * vector keeps the affinity that it has, from the same default.
 */
static int msi_set_affinity(struct irq_data *data, const struct cpumask *mask, bool force)
{
	struct line *line = irq_data_get_irq_chip_data(data);
	int ret = -ENODEV;

	if (!irqd_is_started(data)) {
		line->moves = irqd_affinity_was_set(data);
		irq_data_update_effective_affinity(data, mask);
		return IRQ_SET_MASK_OK;
	}
	guard(raw_spinlock_irqsave)(&line->card->lock);
	if (line->card->started)
		ret = irq_set_affinity(line->irq, mask);
	if (!ret)
		irq_data_update_effective_affinity(data, mask);
	return ret;
}

static struct irq_chip msi_chip = {
	.name = "dtslot-pci-msi",
	.irq_mask = msi_mask,
	.irq_unmask = msi_unmask,
	.irq_ack = msi_ack,
	.irq_eoi = line_eoi,
	.irq_set_affinity = msi_set_affinity,
	/* Before the line counts as started. */
	.flags = IRQCHIP_AFFINITY_PRE_STARTUP,
};

/* --- the domain --- */

static int card_map(struct irq_domain *domain, unsigned int virq, irq_hw_number_t hwirq)
{
	struct dtslot_pci_irq *card = domain->host_data;
	struct line *line = &card->lines[hwirq];

	if (!line->irq)
		return -ENXIO;
	irq_set_lockdep_class(virq, &line_lock_class, &line_request_class);
	irq_set_chip_data(virq, line);
	if (pci_dev_msi_enabled(card->pdev)) {
		irq_set_chip_and_handler(virq, &msi_chip, handle_edge_irq);
		irq_set_status_flags(virq, COMPAT_IRQ_MOVE_PCNTXT);
	} else {
		irq_set_chip_and_handler(virq, &intx_chip, handle_fasteoi_irq);
	}
	return 0;
}

/* A node that another slot adds below may name a line that the function does not have. */
static int card_xlate(struct irq_domain *domain, struct device_node *controller,
		      const u32 *cells, unsigned int count, unsigned long *hwirq,
		      unsigned int *type)
{
	const struct dtslot_pci_irq *card = domain->host_data;
	int ret = irq_domain_xlate_onecell(domain, controller, cells, count, hwirq, type);

	return !ret && *hwirq >= card->count ? -ENXIO : ret;
}

static const struct irq_domain_ops card_domain_ops = {
	.map = card_map,
	.xlate = card_xlate,
};

/* --- handlers --- */

/*
 * Hand over to the consumer of a line. Interrupts are off, also where handlers
 * are threads (threadirqs): flow handlers want it, and it keeps the descriptor,
 * which is freed by RCU, until the end.
 */
static bool handle_line(struct line *line)
{
	struct irq_desc *desc;

	guard(irqsave)();
	desc = READ_ONCE(line->desc);
	if (!desc)
		return false;
	generic_handle_irq_desc(desc);
	return true;
}

/*
 * Whether the SoC's interrupt controller asserts its output. A card that is gone
 * reads all ones; mainline's handlers believe them and loop or crash, so none
 * may be called then.
 */
static bool is_pending(const struct dtslot_pci_irq *card)
{
	const u32 *offset;

	for (offset = card->soc->pending; *offset; offset++) {
		u32 value = readl(card->regs + *offset);

		if (value)
			return value != U32_MAX;
	}
	return false;
}

/* Whether the function asserts INTx, which it may share with others. */
static bool asserts_intx(const struct dtslot_pci_irq *card)
{
	u16 status;

	if (card->regs)
		return is_pending(card);
	pci_read_config_word(card->pdev, PCI_STATUS, &status);
	return status != U16_MAX && (status & PCI_STATUS_INTERRUPT);
}

static irqreturn_t handle_intx(int irq, void *data)
{
	struct line *line = data;

	if (!READ_ONCE(line->desc) || !asserts_intx(line->card))
		return IRQ_NONE;
	return handle_line(line) ? IRQ_HANDLED : IRQ_NONE;
}

/*
 * A message is sent when the controller's output rises. What rises between the
 * controller's driver looking and the output falling sends none: so look again
 * until the output is low. It may never be: then the rest waits for the next tick.
 */
static irqreturn_t look_and_handle(struct line *line)
{
	struct dtslot_pci_irq *card = line->card;
	unsigned int looks;

	for (looks = 0; looks < MAX_LOOKS; looks++) {
		if (!is_pending(card))
			return IRQ_HANDLED;
		if (!handle_line(line))
			return IRQ_NONE;
	}
	mod_timer(&card->again, jiffies + 1);
	return IRQ_HANDLED;
}

static void look_again(struct timer_list *timer)
{
	struct dtslot_pci_irq *card = container_of(timer, struct dtslot_pci_irq, again);
	unsigned int i;

	if (card->regs)
		look_and_handle(&card->lines[0]);
	else
		for (i = 0; i < card->count; i++)
			handle_line(&card->lines[i]);
}

static irqreturn_t handle_msi(int irq, void *data)
{
	struct line *line = data;

	if (line->card->regs)
		return look_and_handle(line);
	/* A card that sends a message is there. */
	return handle_line(line) ? IRQ_HANDLED : IRQ_NONE;
}

/* --- which lines there are, and which of them are asked for --- */

/* What kinds of vectors may be used. MSI of a SoC only where its registers can be looked at. */
static unsigned int usable_types(const struct dtslot_pci_soc *soc)
{
	return soc && !soc->pending[0] ? PCI_IRQ_INTX : PCI_IRQ_ALL_TYPES;
}

/* How many lines the function has, whether or not the host can give it as many vectors. */
static unsigned int count_lines(struct pci_dev *pdev, unsigned int types)
{
	int msix = types & PCI_IRQ_MSIX ? pci_msix_vec_count(pdev) : 0;
	int msi = types & PCI_IRQ_MSI ? pci_msi_vec_count(pdev) : 0;

	return max3(msix, msi, 1);
}

/*
 * Whether a node asks for interrupts at a controller or nexus of the overlay. No map names
 * the function, as overlays have no label of it. The kernel reads a map from its beginning
 * for each interrupt, and so the list of "interrupts-extended".
 */
static bool leads_elsewhere(const struct dtslot_pci_irq *card, struct device_node *np)
{
	struct device_node *parent = of_irq_find_parent(np);
	bool elsewhere;

	elsewhere = !parent || of_property_present(np, "interrupts-extended") ||
		    (parent != card->function &&
		     (of_property_present(parent, "interrupt-controller") ||
		      of_property_present(parent, "interrupt-map")));
	of_node_put(parent);
	return elsewhere;
}

/* Note the lines that one node asks for. */
static int note_lines(struct dtslot_pci_irq *card, struct device_node *np, unsigned long *wanted,
		      struct dtslot_text *text)
{
	struct of_phandle_args args;
	int i;

	if (leads_elsewhere(card, np))
		return 0;
	for (i = 0; !of_irq_parse_one(np, i, &args); i++) {
		of_node_put(args.np);
		if (args.np != card->function)
			continue;
		if (args.args[0] >= card->count)
			return dtslot_fail(text, -EINVAL,
					   "%pOF asks for interrupt %u of the function, which has %u, from 0 on",
					   np, args.args[0], card->count);
		__set_bit(args.args[0], wanted);
	}
	return 0;
}

static int find_wanted(struct dtslot_pci_irq *card, unsigned long *wanted,
		       struct dtslot_text *text)
{
	struct device_node *np = NULL;
	int ret;

	while ((np = dtslot_pci_next_node(card->function, np))) {
		if (!of_property_present(np, "interrupts") || !of_device_is_available(np))
			continue;
		ret = note_lines(card, np, wanted, text);
		if (ret) {
			of_node_put(np);
			return ret;
		}
	}
	return 0;
}

/* --- vectors --- */

static void release_vectors(struct dtslot_pci_irq *card)
{
	unsigned int i;

	for (i = 0; i < card->count; i++) {
		if (card->lines[i].irq)
			free_irq(card->lines[i].irq, &card->lines[i]);
		card->lines[i].irq = 0;
	}
	pci_free_irq_vectors(card->pdev);
}

static const char *why_no_intx(const struct dtslot_pci_irq *card, unsigned int last)
{
	if (!card->pdev->pin)
		return "does not exist";
	return last ? "is one line" : "is not routed";
}

static const char *why_no_msi(const struct dtslot_pci_irq *card, unsigned int types)
{
	if (!card->pdev->msi_cap && !card->pdev->msix_cap)
		return "does not exist";
	return types & PCI_IRQ_MSI ? "is disabled or has too few vectors" : "needs a table entry";
}

static int request_vector(struct line *line, unsigned int vector, struct dtslot_text *text)
{
	struct dtslot_pci_irq *card = line->card;
	bool msi = pci_dev_msi_enabled(card->pdev);
	unsigned int irq = pci_irq_vector(card->pdev, vector);
	int ret;

	if (vector)
		scnprintf(line->name, sizeof(line->name), "%s-%u", pci_name(card->pdev), vector);
	else
		strscpy(line->name, pci_name(card->pdev), sizeof(line->name));
	ret = request_irq(irq, msi ? handle_msi : handle_intx,
			  msi ? IRQF_NO_AUTOEN : IRQF_SHARED, line->name, line);
	if (ret)
		return dtslot_fail(text, ret, "cannot use interrupt %u (error %d)", irq, ret);
	line->irq = irq;
	return 0;
}

static int take_vectors(struct dtslot_pci_irq *card, const unsigned long *wanted,
			struct dtslot_text *text)
{
	unsigned int types = usable_types(card->soc);
	unsigned int i, last = find_last_bit(wanted, card->count);
	int ret;

	ret = pci_alloc_irq_vectors(card->pdev, last + 1, last + 1, types);
	if (ret < 0)
		return dtslot_fail(text, ret,
				   "no usable interrupt: %u asked for, INTx %s, MSI %s (error %d)",
				   last + 1, why_no_intx(card, last), why_no_msi(card, types), ret);
	if (!pci_dev_msi_enabled(card->pdev)) {
		if (card->pdev->broken_intx_masking) {
			pci_free_irq_vectors(card->pdev);
			return dtslot_fail(text, -EOPNOTSUPP,
					   "no usable interrupt: INTx of this function cannot be masked");
		}
		set_intx(card->pdev, false);
	}
	for_each_set_bit(i, wanted, card->count) {
		ret = request_vector(&card->lines[i], i, text);
		if (ret) {
			release_vectors(card);
			return ret;
		}
	}
	card->started = true;
	return 0;
}

static int map_registers(struct dtslot_pci_irq *card, struct dtslot_text *text)
{
	if (!card->soc || !card->soc->pending[0])
		return 0;
	card->regs = pci_iomap(card->pdev, card->soc->pending_bar, 0);
	if (!card->regs)
		return dtslot_fail(text, -ENOMEM, "cannot map BAR %u", card->soc->pending_bar);
	return 0;
}

static int start(struct dtslot_pci_irq *card, struct dtslot_text *text)
{
	unsigned long *wanted;
	int ret;

	wanted = bitmap_zalloc(card->count, GFP_KERNEL);
	if (!wanted)
		return dtslot_fail(text, -ENOMEM, "no memory for the interrupts");
	ret = find_wanted(card, wanted, text);
	if (!ret && !bitmap_empty(wanted, card->count)) {
		ret = map_registers(card, text);
		if (!ret)
			ret = take_vectors(card, wanted, text);
	}
	bitmap_free(wanted);
	return ret;
}

/**
 * dtslot_pci_irq_create() - make a function's node an interrupt controller
 * @pdev: the function, enabled
 * @function: its node, those of the overlay below it
 * @soc: what is known of the SoC; NULL for none
 * @text: receives the message on failure
 *
 * Return: the interrupts, or an ERR_PTR.
 */
struct dtslot_pci_irq *dtslot_pci_irq_create(struct pci_dev *pdev, struct device_node *function,
					     const struct dtslot_pci_soc *soc,
					     struct dtslot_text *text)
{
	unsigned int i, count = min(count_lines(pdev, usable_types(soc)), MAX_LINES);
	struct dtslot_pci_irq *card;
	int ret;

	card = kzalloc(struct_size(card, lines, count), GFP_KERNEL);
	if (!card) {
		dtslot_fail(text, -ENOMEM, "no memory for the interrupt controller");
		return ERR_PTR(-ENOMEM);
	}
	card->count = count;
	card->pdev = pdev;
	card->function = function;
	card->soc = soc;
	raw_spin_lock_init(&card->lock);
	timer_setup(&card->again, look_again, 0);
	for (i = 0; i < count; i++)
		card->lines[i].card = card;
	card->domain = irq_domain_create_linear(of_fwnode_handle(function), count,
						&card_domain_ops, card);
	if (card->domain)
		ret = start(card, text);
	else
		ret = dtslot_fail(text, -ENOMEM, "no memory for an irq domain");
	if (ret) {
		dtslot_pci_irq_destroy(card);
		return ERR_PTR(ret);
	}
	return card;
}

/**
 * dtslot_pci_irq_look() - have handlers look what messages were not sent
 * @card: the interrupts; the function can send messages again
 *
 * Where no register tells what is pending, the handler of each line is called.
 */
void dtslot_pci_irq_look(struct dtslot_pci_irq *card)
{
	if (card->started && pci_dev_msi_enabled(card->pdev))
		mod_timer(&card->again, jiffies + 1);
}

/**
 * dtslot_pci_irq_has_vectors() - whether devices of the card have interrupts
 * @card: the interrupts
 *
 * Return: true if the overlay names any.
 */
bool dtslot_pci_irq_has_vectors(const struct dtslot_pci_irq *card)
{
	return card->started;
}

/**
 * dtslot_pci_irq_stop() - give the vectors back
 * @card: the interrupts; may still have consumers, which get none any more
 */
void dtslot_pci_irq_stop(struct dtslot_pci_irq *card)
{
	bool started;

	scoped_guard(raw_spinlock_irqsave, &card->lock) {
		started = card->started;
		card->started = false;
	}
	if (started)
		release_vectors(card);
	timer_shutdown_sync(&card->again);
	if (card->regs)
		pci_iounmap(card->pdev, card->regs);
	card->regs = NULL;
}

/**
 * dtslot_pci_irq_destroy() - undo dtslot_pci_irq_create()
 * @card: the interrupts; no device uses a line any more
 */
void dtslot_pci_irq_destroy(struct dtslot_pci_irq *card)
{
	unsigned int i;

	dtslot_pci_irq_stop(card);
	if (card->domain) {
		for (i = 0; i < card->count; i++)
			irq_dispose_mapping(irq_find_mapping(card->domain, i));
		irq_domain_remove(card->domain);
	}
	kfree(card);
}

/**
 * dtslot_pci_irq_forget() - dispose of the mapping of a function's INTx
 * @pdev: the function, whose driver lets go of it
 *
 * On a host with a device tree the PCI core maps INTx before each probe, and leaves the
 * mapping with its descriptor behind.
 */
void dtslot_pci_irq_forget(struct pci_dev *pdev)
{
	struct pci_dev *other = NULL;

	if (!pdev->irq || pci_find_host_bridge(pdev->bus)->map_irq != of_irq_parse_and_map_pci)
		return;
	/* Functions share lines, and a driver may ask for its line later. */
	for_each_pci_dev(other) {
		if (other != pdev && other->irq == pdev->irq && other->dev.driver) {
			pci_dev_put(other);
			return;
		}
	}
	if (!irq_has_action(pdev->irq))
		irq_dispose_mapping(pdev->irq);
}
