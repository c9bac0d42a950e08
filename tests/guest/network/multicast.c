// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * As msend, sends one UDP datagram to a multicast group; as mreceive, joins one
 * and stays until it is killed. The kernel's forwarding selftests call the
 * programs of these names from mtools 3, which Debian does not have:
 *
 *	msend -v
 *	msend -g GROUP -I INTERFACE -c 1
 *	mreceive -g GROUP -I INTERFACE
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <error.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT 4444

struct group {
	struct sockaddr_storage address;
	socklen_t length;
};

static struct group parse_group(const char *text)
{
	struct group group = { };
	struct sockaddr_in *in = (struct sockaddr_in *)&group.address;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&group.address;

	if (inet_pton(AF_INET, text, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons(PORT);
		group.length = sizeof(*in);
	} else if (inet_pton(AF_INET6, text, &in6->sin6_addr) == 1) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(PORT);
		group.length = sizeof(*in6);
	} else {
		error(2, 0, "'%s' is no address", text);
	}
	return group;
}

static void set(int fd, int level, int option, const void *value, socklen_t length)
{
	if (setsockopt(fd, level, option, value, length) < 0)
		error(1, errno, "setsockopt %d of level %d", option, level);
}

static void send_one(int fd, const struct group *group, const char *interface)
{
	static const char payload[] = "dtslot";

	set(fd, SOL_SOCKET, SO_BINDTODEVICE, interface, strlen(interface));
	if (sendto(fd, payload, sizeof(payload), 0, (const struct sockaddr *)&group->address,
		   group->length) < 0)
		error(1, errno, "sendto");
}

static void join(int fd, const struct group *group, const char *interface)
{
	struct group_req request = {
		.gr_interface = if_nametoindex(interface),
		.gr_group = group->address,
	};

	set(fd, group->address.ss_family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6,
	    MCAST_JOIN_GROUP, &request, sizeof(request));
}

int main(int argc, char **argv)
{
	int sends = !strcmp(basename(argv[0]), "msend");
	const char *interface = NULL;
	struct group group = { };
	int option, fd;

	while ((option = getopt(argc, argv, "c:g:I:v")) != -1) {
		switch (option) {
		case 'c':
			if (strcmp(optarg, "1"))
				error(2, 0, "one datagram, not %s", optarg);
			break;
		case 'g':
			group = parse_group(optarg);
			break;
		case 'I':
			interface = optarg;
			break;
		case 'v':
			puts("msend version 3.0");
			return 0;
		default:
			return 2;
		}
	}
	if (!group.length || !interface)
		error(2, 0, "usage: %s -g GROUP -I INTERFACE", argv[0]);

	fd = socket(group.address.ss_family, SOCK_DGRAM, 0);
	if (fd < 0)
		error(1, errno, "socket");
	if (sends) {
		send_one(fd, &group, interface);
	} else {
		join(fd, &group, interface);
		pause();
	}
	return 0;
}
