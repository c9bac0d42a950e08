// SPDX-License-Identifier: GPL-2.0-or-later
/* PTP clocks, and frames that the hardware stamps. Times are "<seconds>.<nanoseconds>". */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/errqueue.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#define READINGS 10

static const char usage[] =
	"usage: ptp get <clock>                 prints its time and CLOCK_MONOTONIC_RAW\n"
	"       ptp set <clock> <seconds>\n"
	"       ptp shift <clock> <nanoseconds>\n"
	"       ptp rate <clock> <ppb>\n"
	"       ptp filter <interface> on|off   stamps of all frames, both ways\n"
	"       ptp send <interface>            one Sync message; prints its stamp\n"
	"       ptp receive <interface> <n>     prints \"listening\", then for each PTP frame\n"
	"                                       its ethertype, source and stamp\n";

/* The clock of an open /dev/ptpN, as clock_gettime(2) and its like take it. */
static clockid_t open_clock(const char *path)
{
	int fd = open(path, O_RDWR);

	if (fd < 0)
		err(1, "%s", path);
	return (~(clockid_t)fd << 3) | 3;
}

static void print_time(const struct timespec *time)
{
	printf("%lld.%09ld", (long long)time->tv_sec, time->tv_nsec);
}

static long long nanoseconds(struct timespec time)
{
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* Both clocks at one instant: of several readings the one that least came between. */
static void get(clockid_t clock)
{
	struct timespec time, before, after, best_time = { 0 };
	long long shortest = LLONG_MAX, best = 0;

	for (int n = 0; n < READINGS; n++) {
		if (clock_gettime(CLOCK_MONOTONIC_RAW, &before) || clock_gettime(clock, &time) ||
		    clock_gettime(CLOCK_MONOTONIC_RAW, &after))
			err(1, "clock_gettime");
		if (nanoseconds(after) - nanoseconds(before) >= shortest)
			continue;
		shortest = nanoseconds(after) - nanoseconds(before);
		best = nanoseconds(before) + shortest / 2;
		best_time = time;
	}
	print_time(&best_time);
	printf(" %lld.%09lld\n", best / 1000000000, best % 1000000000);
}

static void set(clockid_t clock, long long seconds)
{
	struct timespec time = { .tv_sec = seconds };

	if (clock_settime(clock, &time))
		err(1, "clock_settime");
}

static void shift(clockid_t clock, long long ns)
{
	struct timex change = { .modes = ADJ_SETOFFSET | ADJ_NANO };

	change.time.tv_sec = ns / 1000000000;
	change.time.tv_usec = ns % 1000000000;
	if (change.time.tv_usec < 0) {
		change.time.tv_sec--;
		change.time.tv_usec += 1000000000;
	}
	if (clock_adjtime(clock, &change) < 0)
		err(1, "clock_adjtime");
}

static void rate(clockid_t clock, long long ppb)
{
	/* 2^-16 ppm */
	struct timex change = { .modes = ADJ_FREQUENCY, .freq = ppb * 65536 / 1000 };

	if (clock_adjtime(clock, &change) < 0)
		err(1, "clock_adjtime");
}

static int open_packets(const char *interface, int protocol)
{
	struct sockaddr_ll address = { .sll_family = AF_PACKET, .sll_protocol = htons(protocol) };
	int flags = SOF_TIMESTAMPING_TX_HARDWARE | SOF_TIMESTAMPING_RX_HARDWARE | SOF_TIMESTAMPING_RAW_HARDWARE;
	int sock = socket(AF_PACKET, SOCK_RAW, htons(protocol));

	address.sll_ifindex = if_nametoindex(interface);
	if (!address.sll_ifindex)
		err(1, "%s", interface);
	if (sock < 0 || bind(sock, (struct sockaddr *)&address, sizeof(address)))
		err(1, "socket");
	if (setsockopt(sock, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof(flags)))
		err(1, "SO_TIMESTAMPING");
	return sock;
}

static void filter(const char *interface, int on)
{
	struct hwtstamp_config config = {
		.tx_type = on ? HWTSTAMP_TX_ON : HWTSTAMP_TX_OFF,
		.rx_filter = on ? HWTSTAMP_FILTER_ALL : HWTSTAMP_FILTER_NONE,
	};
	struct ifreq request = { .ifr_data = (char *)&config };

	strncpy(request.ifr_name, interface, sizeof(request.ifr_name) - 1);
	if (ioctl(open_packets(interface, ETH_P_1588), SIOCSHWTSTAMP, &request))
		err(1, "SIOCSHWTSTAMP");
}

/* Receive a frame; returns the hardware's stamp, or {0, 0}. */
static struct timespec receive_stamp(int sock, unsigned char *frame, size_t size, int flags)
{
	struct scm_timestamping stamps = { 0 };
	char control[512];
	struct iovec data = { frame, size };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *c;

	if (recvmsg(sock, &message, flags) < 0)
		err(1, "recvmsg");
	for (c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPING)
			memcpy(&stamps, CMSG_DATA(c), sizeof(stamps));
	return stamps.ts[2];
}

static void transmit(const char *interface)
{
	/* a Sync message of version 2: type, version, length; zeros do for the rest */
	unsigned char frame[60] = {
		0x01, 0x1b, 0x19, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0x88, 0xf7, 0x00, 0x02, 0, 44,
	};
	int sock = open_packets(interface, ETH_P_1588);
	struct pollfd ready = { .fd = sock, .events = POLLPRI };
	struct timespec stamp;

	if (send(sock, frame, sizeof(frame), 0) != sizeof(frame))
		err(1, "send");
	if (poll(&ready, 1, 5000) != 1 || !(ready.revents & POLLERR)) {
		fputs("ptp: no stamp\n", stderr);
		exit(1);
	}
	stamp = receive_stamp(sock, frame, sizeof(frame), MSG_ERRQUEUE);
	print_time(&stamp);
	putchar('\n');
}

/* PTP by Ethernet or by UDP, without options. */
static int is_ptp(const unsigned char *frame)
{
	int type = frame[12] << 8 | frame[13];
	const unsigned char *udp = frame + (type == ETH_P_IP ? 34 : 54);
	int proto = type == ETH_P_IP ? frame[23] : frame[20];
	int port = udp[2] << 8 | udp[3];

	if (type == ETH_P_1588)
		return 1;
	return (type == ETH_P_IP || type == ETH_P_IPV6) && proto == 17 && (port == 319 || port == 320);
}

static void receive(const char *interface, int count)
{
	int sock = open_packets(interface, ETH_P_ALL);
	unsigned char frame[2048] = { 0 };

	puts("listening");
	fflush(stdout);
	while (count) {
		struct timespec stamp = receive_stamp(sock, frame, sizeof(frame), 0);

		if (!is_ptp(frame))
			continue;
		printf("%02x%02x %02x ", frame[12], frame[13], frame[11]);
		print_time(&stamp);
		putchar('\n');
		fflush(stdout);
		count--;
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";

	if (argc == 3 && !strcmp(what, "get"))
		get(open_clock(argv[2]));
	else if (argc == 4 && !strcmp(what, "set"))
		set(open_clock(argv[2]), atoll(argv[3]));
	else if (argc == 4 && !strcmp(what, "shift"))
		shift(open_clock(argv[2]), atoll(argv[3]));
	else if (argc == 4 && !strcmp(what, "rate"))
		rate(open_clock(argv[2]), atoll(argv[3]));
	else if (argc == 4 && !strcmp(what, "filter"))
		filter(argv[2], !strcmp(argv[3], "on"));
	else if (argc == 3 && !strcmp(what, "send"))
		transmit(argv[2]);
	else if (argc == 4 && !strcmp(what, "receive"))
		receive(argv[2], atoi(argv[3]));
	else {
		fputs(usage, stderr);
		return 2;
	}
	return 0;
}
