// SPDX-License-Identifier: GPL-2.0-or-later
/* Sends Ethernet frames as they are given, in hexadecimal: frames <interface> <frame>... */
#include <error.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
	struct sockaddr_ll address = { .sll_family = AF_PACKET };
	int sock = socket(AF_PACKET, SOCK_RAW, 0), i;

	if (argc < 3)
		error(2, 0, "usage: frames <interface> <frame>...");
	address.sll_ifindex = if_nametoindex(argv[1]);
	if (sock < 0 || bind(sock, (struct sockaddr *)&address, sizeof(address)))
		error(1, errno, "%s", argv[1]);
	for (i = 2; i < argc; i++) {
		size_t length = strlen(argv[i]) / 2, n;
		unsigned char frame[length + 1];

		for (n = 0; n < length; n++)
			if (sscanf(argv[i] + 2 * n, "%2hhx", frame + n) != 1)
				error(2, 0, "frame %d is not hexadecimal", i - 1);
		if (send(sock, frame, length, 0) != (ssize_t)length)
			error(1, errno, "frame %d", i - 1);
	}
	return 0;
}
