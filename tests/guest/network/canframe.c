// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Frames on a CAN interface:
 *
 *	canframe send <interface> <frame>...
 *	canframe receive <interface> <count>
 *
 * A frame is <identifier>#<data> or, with up to 64 bytes, <identifier>##<data>, all in
 * hexadecimal; an identifier of more than three digits is a long one.
 */
#include <error.h>
#include <errno.h>
#include <linux/can.h>
#include <linux/can/raw.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void send_frame(int sock, const char *text)
{
	struct canfd_frame frame = { .can_id = strtoul(text, NULL, 16) };
	const char *data = strchr(text, '#');
	size_t size = CAN_MTU;

	if (!data)
		error(2, 0, "%s has no #", text);
	if (data - text > 3)
		frame.can_id |= CAN_EFF_FLAG;
	if (*++data == '#') {
		data++;
		size = CANFD_MTU;
	}
	for (frame.len = 0; frame.len < (size == CAN_MTU ? 8 : 64) && data[2 * frame.len]; frame.len++)
		if (sscanf(data + 2 * frame.len, "%2hhx", frame.data + frame.len) != 1)
			error(2, 0, "%s is not hexadecimal", text);
	if (write(sock, &frame, size) != (ssize_t)size)
		error(1, errno, "%s", text);
}

static void receive_frame(int sock)
{
	struct canfd_frame frame;
	ssize_t size = read(sock, &frame, sizeof(frame));
	int n;

	if (size < 0)
		error(1, errno, "cannot receive");
	if (frame.can_id & CAN_EFF_FLAG)
		printf("%08X#", frame.can_id & CAN_EFF_MASK);
	else
		printf("%03X#", frame.can_id & CAN_SFF_MASK);
	printf("%s", size == CANFD_MTU ? "#" : "");
	for (n = 0; n < frame.len; n++)
		printf("%02x", frame.data[n]);
	printf("\n");
}

int main(int argc, char **argv)
{
	struct sockaddr_can address = { .can_family = AF_CAN };
	int sock = socket(PF_CAN, SOCK_RAW, CAN_RAW), on = 1, i;

	if (argc < 4)
		error(2, 0, "usage: canframe send <interface> <frame>... | receive <interface> <count>");
	address.can_ifindex = if_nametoindex(argv[2]);
	if (sock < 0 || setsockopt(sock, SOL_CAN_RAW, CAN_RAW_FD_FRAMES, &on, sizeof(on)) ||
	    bind(sock, (struct sockaddr *)&address, sizeof(address)))
		error(1, errno, "%s", argv[2]);
	if (!strcmp(argv[1], "send")) {
		for (i = 3; i < argc; i++)
			send_frame(sock, argv[i]);
		return 0;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("listening\n");
	for (i = atoi(argv[3]); i > 0; i--)
		receive_frame(sock);
	return 0;
}
