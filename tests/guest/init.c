// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The guest's init: mounts what programs expect, then runs the commands that
 * the host sends through a virtio-serial port, or the tty that AGENT= on the kernel's
 * command line names.
 *
 * Every frame is { u32 job, u32 kind, u32 length } in little endian, followed by
 * its payload. tests/lib/agent.py is the other end.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define PORT "/dev/vport*p1"	/* the number is that of the virtio device among all */
#define MAX_JOBS 64
#define MAX_FRAME 32768	/* that the driver of the port takes at once */

enum {
	/* from the host */
	RUN = 1,	/* payload: a shell command */
	PUT = 2,	/* payload: u32 mode, path, NUL, the file's content */
	KILL = 3,	/* payload: u32 signal, for the whole process group */
	/* to the host */
	OUT = 16,	/* payload: what the command printed */
	EXIT = 17,	/* payload: u32, exit status or 128 + signal */
	READY = 18,	/* no payload */
};

struct frame {
	uint32_t job, kind, length;
};

struct job {
	uint32_t id;
	pid_t pid;	/* 0: this slot is free */
	int out;
};

static struct job jobs[MAX_JOBS];
static int port;

static void die(const char *what)
{
	fprintf(stderr, "init: %s: %s\n", what, strerror(errno));
	exit(1);	/* init's death is a panic: the host sees it at once */
}

static void read_full(void *buf, size_t len)
{
	while (len) {
		ssize_t n = read(port, buf, len);

		if (n < 0 && errno != EINTR && errno != EAGAIN)
			die("read " PORT);
		if (n <= 0) {	/* 0: the host is not connected yet */
			usleep(1000);
			continue;
		}
		buf = (char *)buf + n;
		len -= n;
	}
}

static void write_full(const void *buf, size_t len)
{
	while (len) {
		ssize_t n = write(port, buf, len);

		if (n < 0 && errno != EINTR && errno != EAGAIN)
			die("write " PORT);
		if (n <= 0) {
			usleep(1000);
			continue;
		}
		buf = (const char *)buf + n;
		len -= n;
	}
}

/* In one piece: a service can be ended between two of them, and the host would wait. */
static void send_frame(uint32_t job, uint32_t kind, const void *payload, uint32_t length)
{
	static char buf[MAX_FRAME];
	struct frame head = { job, kind, length };

	memcpy(buf, &head, sizeof(head));
	if (length)
		memcpy(buf + sizeof(head), payload, length);
	write_full(buf, sizeof(head) + length);
}

static void send_exit(uint32_t job, uint32_t status)
{
	send_frame(job, EXIT, &status, sizeof(status));
}

static struct job *find_job(uint32_t id)
{
	for (struct job *j = jobs; j < jobs + MAX_JOBS; j++)
		if (j->pid && j->id == id)
			return j;
	return NULL;
}

static void run(uint32_t id, char *command)
{
	struct job *j = jobs;
	sigset_t none;
	int fds[2];

	while (j < jobs + MAX_JOBS && j->pid)
		j++;
	if (j == jobs + MAX_JOBS || pipe2(fds, O_CLOEXEC) < 0) {
		send_exit(id, 126);
		return;
	}
	j->pid = fork();
	if (j->pid < 0)
		die("fork");
	if (!j->pid) {
		setsid();
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		dup2(fds[1], STDOUT_FILENO);
		dup2(fds[1], STDERR_FILENO);
		dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(127);
	}
	close(fds[1]);
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	j->id = id;
	j->out = fds[0];
}

static void put(uint32_t id, const char *payload, uint32_t length)
{
	uint32_t mode, head = sizeof(mode) + strlen(payload + sizeof(mode)) + 1;
	const char *path = payload + sizeof(mode);
	int fd, failed;

	memcpy(&mode, payload, sizeof(mode));
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
	failed = fd < 0 ||
		 write(fd, payload + head, length - head) != (ssize_t)(length - head) ||
		 close(fd) < 0;
	if (failed) {
		const char *why = strerror(errno);

		send_frame(id, OUT, why, strlen(why));
	}
	send_exit(id, failed);
}

static void handle_frame(void)
{
	struct frame head;
	struct job *j;
	uint32_t sig;
	char *payload;

	read_full(&head, sizeof(head));
	payload = malloc(head.length + 1);
	if (!payload)
		die("malloc");
	read_full(payload, head.length);
	payload[head.length] = '\0';

	switch (head.kind) {
	case RUN:
		run(head.job, payload);
		break;
	case PUT:
		put(head.job, payload, head.length);
		break;
	case KILL:
		memcpy(&sig, payload, sizeof(sig));
		j = find_job(head.job);
		if (j)
			kill(-j->pid, sig);
		break;
	default:
		die("unknown frame");
	}
	free(payload);
}

/* Returns the number of bytes passed on, 0 when there is nothing to read now. */
static ssize_t drain(struct job *j)
{
	static char buf[MAX_FRAME - sizeof(struct frame)];
	ssize_t n = read(j->out, buf, sizeof(buf));

	if (n > 0)
		send_frame(j->id, OUT, buf, n);
	return n > 0 ? n : 0;
}

static void reap(void)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (struct job *j = jobs; j < jobs + MAX_JOBS; j++) {
			if (j->pid != pid)
				continue;
			while (drain(j))
				;
			/* what it left in the background loses its output */
			close(j->out);
			j->pid = 0;
			send_exit(j->id, WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
							       WEXITSTATUS(status));
		}
}

static void mount_all(void)
{
	static const struct {
		const char *type, *dir;
	} mounts[] = {
		{ "proc", "/proc" },
		{ "sysfs", "/sys" },
		{ "devtmpfs", "/dev" },
		{ "tmpfs", "/run" },
		{ "tmpfs", "/tmp" },
		{ "debugfs", "/sys/kernel/debug" },
		{ "tracefs", "/sys/kernel/tracing" },
		{ "configfs", "/sys/kernel/config" },
	};

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++)
		if (mount(mounts[i].type, mounts[i].dir, mounts[i].type, 0, NULL) < 0)
			die(mounts[i].dir);
}

static int try_port(const char *pattern)
{
	glob_t found;
	int fd = -1;

	if (!glob(pattern, 0, NULL, &found))
		fd = open(found.gl_pathv[0], O_RDWR | O_NOCTTY | O_CLOEXEC);
	globfree(&found);
	return fd;
}

static void open_port(void)
{
	const char *path = getenv("AGENT") ?: PORT;
	struct termios tty;

	while ((port = try_port(path)) < 0)
		usleep(1000);
	if (tcgetattr(port, &tty))
		return;		/* no tty */
	cfmakeraw(&tty);
	cfsetspeed(&tty, B115200);
	if (tcsetattr(port, TCSANOW, &tty))
		die(path);
}

int main(void)
{
	struct pollfd fds[2 + MAX_JOBS];
	sigset_t chld;
	int console;

	if (getpid() == 1)	/* else it is a service of a system that has all that */
		mount_all();
	console = open("/dev/console", O_RDWR);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		dup2(console, fd);
	setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
	setenv("HOME", "/tmp", 1);
	umask(022);
	chdir("/tmp");

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	fds[1].fd = signalfd(-1, &chld, SFD_NONBLOCK | SFD_CLOEXEC);
	fds[1].events = POLLIN;

	open_port();
	fds[0].fd = port;
	fds[0].events = POLLIN;
	send_frame(0, READY, NULL, 0);

	for (;;) {
		struct signalfd_siginfo info;

		for (int i = 0; i < MAX_JOBS; i++) {
			fds[2 + i].fd = jobs[i].pid ? jobs[i].out : -1;
			fds[2 + i].events = POLLIN;
			fds[2 + i].revents = 0;
		}
		if (poll(fds, 2 + MAX_JOBS, -1) < 0 && errno != EINTR)
			die("poll");
		for (int i = 0; i < MAX_JOBS; i++)
			if (fds[2 + i].revents && !drain(&jobs[i]) &&
			    (fds[2 + i].revents & POLLHUP))
				usleep(1000);	/* closed its output, still runs */
		if (fds[1].revents) {
			while (read(fds[1].fd, &info, sizeof(info)) > 0)
				;
			reap();
		}
		if (fds[0].revents & POLLIN)
			handle_frame();
	}
}
