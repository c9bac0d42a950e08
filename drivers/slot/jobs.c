// SPDX-License-Identifier: GPL-2.0-only
/*
 * Jobs of a slot: what is asked of it, done one after the other in its own work item.
 *
 * The task that asks is not the one that works. A writer of "attach" may be killed,
 * and mainline drivers that wait in their probe() or remove() would then fail with
 * -EINTR for good. A finder asks from places that hold locks of its bus. So a job runs
 * in a workqueue, and whatever becomes of the task that asked, it runs to its end.
 *
 * Jobs wait while the system sleeps. The end of a slot does not: the task that takes a
 * device away may hold locks that the resume needs. So destroy has a work item of its own,
 * in a workqueue that is never frozen.
 */
#include <linux/completion.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "../compat.h"
#include "slot.h"

static struct workqueue_struct *job_wq;
static struct workqueue_struct *leave_wq;

static void put_job(struct dtslot_job *job)
{
	if (refcount_dec_and_test(&job->users))
		kfree(job);
}

/* End a job that is on no list any more. */
static void end_job(struct dtslot_job *job, int result)
{
	job->result = result;
	complete_all(&job->done);
	put_job(job);
}

/* The next job, off the list; @runs if it is to be done. */
static struct dtslot_job *next_job(struct dtslot *slot, bool runs)
{
	struct dtslot_job *job;

	guard(spinlock_irqsave)(&slot->jobs_lock);
	job = list_first_entry_or_null(&slot->jobs, struct dtslot_job, list);
	if (job)
		list_del_init(&job->list);
	/* The end of a slot empties the list while a job may still run. */
	if (runs)
		slot->running = job;
	return job;
}

static void finish_job(struct dtslot *slot, struct dtslot_job *job, int result)
{
	scoped_guard(spinlock_irqsave, &slot->jobs_lock)
		slot->running = NULL;
	end_job(job, result);
}

static void run_jobs(struct work_struct *work)
{
	struct dtslot *slot = container_of(work, struct dtslot, work);
	struct dtslot_job *job;

	while ((job = next_job(slot, true)))
		finish_job(slot, job, dtslot_run_job(slot, job));
	put_device(&slot->dev);
}

static void run_leave(struct work_struct *work)
{
	struct dtslot *slot = container_of(work, struct dtslot, leave);
	struct module *owner = slot->ops->owner;
	struct dtslot_job *job;
	bool abandoned;

	while ((job = next_job(slot, false)))
		end_job(job, -ENODEV);
	dtslot_leave(slot);
	scoped_guard(spinlock_irqsave, &slot->jobs_lock) {
		slot->over = true;
		abandoned = slot->abandoned;
	}
	complete(&slot->left);
	if (abandoned) {
		slot->ops->abandoned(slot->priv);
		module_put(owner);
	}
	put_device(&slot->dev);
}

static void queue_slot_work(struct dtslot *slot, struct workqueue_struct *wq,
			    struct work_struct *work)
{
	get_device(&slot->dev);
	if (!queue_work(wq, work))
		put_device(&slot->dev);
}

/*
 * Add a job to those of a slot. What is asked once the hardware has gone makes all
 * void that was asked before, and ends an attach that is under way.
 */
static int add_job(struct dtslot *slot, struct dtslot_job *job)
{
	struct dtslot_job *old, *next;

	guard(spinlock_irqsave)(&slot->jobs_lock);
	if (slot->dying)
		return -ENODEV;
	if (job->task == DTSLOT_TASK_LOSE) {
		list_for_each_entry_safe(old, next, &slot->jobs, list) {
			if (old == job)
				continue;
			list_del_init(&old->list);
			end_job(old, -ECANCELED);
		}
	}
	if (!list_empty(&job->list))
		return 0;
	if (job->task == DTSLOT_TASK_LOSE)
		atomic_inc(&slot->gone);
	refcount_inc(&job->users);
	list_add_tail(&job->list, &slot->jobs);
	return 0;
}

static void request(struct dtslot *slot, struct dtslot_job *job)
{
	if (!add_job(slot, job))
		queue_slot_work(slot, job_wq, &slot->work);
}

static void init_job(struct dtslot_job *job, enum dtslot_task task, bool reports)
{
	INIT_LIST_HEAD(&job->list);
	refcount_set(&job->users, 1);
	init_completion(&job->done);
	job->task = task;
	job->reports = reports;
}

/* Have a job done and wait for it; a signal ends the wait, not the job. */
static int run_task(struct dtslot *slot, enum dtslot_task task)
{
	struct dtslot_job *job = kzalloc_obj(*job);
	int ret;

	if (!job)
		return -ENOMEM;
	init_job(job, task, true);
	ret = add_job(slot, job);
	if (!ret) {
		queue_slot_work(slot, job_wq, &slot->work);
		/* A restarted system call would ask once more. */
		if (current->flags & PF_KTHREAD)
			wait_for_completion(&job->done);
		else if (wait_for_completion_interruptible(&job->done))
			ret = -EINTR;
	}
	ret = ret ?: job->result;
	put_job(job);
	return ret;
}

int dtslot_attach(struct dtslot *slot)
{
	return run_task(slot, DTSLOT_TASK_ATTACH);
}
EXPORT_SYMBOL_GPL(dtslot_attach);

int dtslot_detach(struct dtslot *slot)
{
	return run_task(slot, DTSLOT_TASK_DETACH);
}
EXPORT_SYMBOL_GPL(dtslot_detach);

void dtslot_request_attach(struct dtslot *slot)
{
	request(slot, &slot->attach);
}
EXPORT_SYMBOL_GPL(dtslot_request_attach);

void dtslot_request_retry(struct dtslot *slot)
{
	request(slot, &slot->retry);
}
EXPORT_SYMBOL_GPL(dtslot_request_retry);

void dtslot_request_detach(struct dtslot *slot, enum dtslot_reason reason)
{
	request(slot, &slot->detach[reason]);
}
EXPORT_SYMBOL_GPL(dtslot_request_detach);

void dtslot_request_lose(struct dtslot *slot, const char *why)
{
	if (why)
		WRITE_ONCE(slot->why_lost, why);
	request(slot, &slot->detach[DTSLOT_GONE]);
}
EXPORT_SYMBOL_GPL(dtslot_request_lose);

/**
 * dtslot_jobs_init() - make a slot ready to take jobs
 * @slot: the slot
 */
void dtslot_jobs_init(struct dtslot *slot)
{
	spin_lock_init(&slot->jobs_lock);
	INIT_LIST_HEAD(&slot->jobs);
	INIT_WORK(&slot->work, run_jobs);
	INIT_WORK(&slot->leave, run_leave);
	init_completion(&slot->left);
	init_job(&slot->attach, DTSLOT_TASK_ATTACH, false);
	init_job(&slot->retry, DTSLOT_TASK_RETRY, false);
	init_job(&slot->detach[DTSLOT_WANTED], DTSLOT_TASK_DETACH, false);
	init_job(&slot->detach[DTSLOT_GONE], DTSLOT_TASK_LOSE, false);
	init_job(&slot->detach[DTSLOT_RENEWED], DTSLOT_TASK_RENEW, false);
}

/* Stop waiting for the end of a slot; tasks that wait for a job of it stop, too. */
static bool abandon(struct dtslot *slot)
{
	guard(spinlock_irqsave)(&slot->jobs_lock);
	if (slot->over)
		return false;
	slot->abandoned = true;
	if (slot->running) {
		slot->running->result = -ENODEV;
		complete_all(&slot->running->done);
	}
	return true;
}

/**
 * dtslot_jobs_end() - have a slot emptied for good and wait for it
 * @slot: the slot; it takes no job any more, and those that wait end with -ENODEV
 * @timeout: how long to wait, in jiffies; MAX_SCHEDULE_TIMEOUT for ever
 *
 * Return: false if the end has not come by then. The finder's module then stays
 * until it has.
 */
bool dtslot_jobs_end(struct dtslot *slot, unsigned long timeout)
{
	bool pinned = timeout != MAX_SCHEDULE_TIMEOUT && try_module_get(slot->ops->owner);
	bool abandoned = false;

	scoped_guard(spinlock_irqsave, &slot->jobs_lock)
		slot->dying = true;
	queue_slot_work(slot, leave_wq, &slot->leave);
	if (!pinned)
		wait_for_completion(&slot->left);
	else if (!wait_for_completion_timeout(&slot->left, timeout))
		abandoned = abandon(slot);
	if (pinned && !abandoned)
		module_put(slot->ops->owner);
	return !abandoned;
}

int dtslot_jobs_start(void)
{
	job_wq = alloc_workqueue("dtslot", WQ_UNBOUND | WQ_FREEZABLE, 0);
	if (!job_wq)
		return -ENOMEM;
	leave_wq = alloc_workqueue("dtslot-leave", WQ_UNBOUND, 0);
	if (!leave_wq) {
		destroy_workqueue(job_wq);
		return -ENOMEM;
	}
	return 0;
}

void dtslot_jobs_stop(void)
{
	destroy_workqueue(leave_wq);
	destroy_workqueue(job_wq);
}
