// SPDX-License-Identifier: GPL-2.0-or-later
/* One TCP connection that carries so many bytes: a load for what is below it. */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char usage[] =
	"usage: tcpload receive <port>                     prints \"listening\", then the number of bytes\n"
	"       tcpload send <address> <port> <bytes>      returns when the other side has them all\n";

static char buffer[65536];

static void receive(int sock, struct sockaddr_in *address)
{
	unsigned long long total = 0;
	int one = 1, peer;
	ssize_t n;

	setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(sock, (struct sockaddr *)address, sizeof(*address)) || listen(sock, 1))
		err(1, "listen");
	puts("listening");
	fflush(stdout);
	peer = accept(sock, NULL, NULL);
	if (peer < 0)
		err(1, "accept");
	while ((n = read(peer, buffer, sizeof(buffer))) > 0)
		total += n;
	if (n < 0)
		err(1, "read");
	printf("%llu\n", total);
}

static void transmit(int sock, struct sockaddr_in *address, unsigned long long left)
{
	if (connect(sock, (struct sockaddr *)address, sizeof(*address)))
		err(1, "connect");
	while (left) {
		size_t size = left < sizeof(buffer) ? left : sizeof(buffer);
		ssize_t n = write(sock, buffer, size);

		if (n < 0)
			err(1, "write");
		left -= n;
	}
	shutdown(sock, SHUT_WR);
	/* The other side closes when it has read it all. */
	if (read(sock, buffer, 1))
		err(1, "close");
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	int sock = socket(AF_INET, SOCK_STREAM, 0);

	if (sock < 0)
		err(1, "socket");
	if (argc == 3 && !strcmp(argv[1], "receive")) {
		address.sin_port = htons(atoi(argv[2]));
		receive(sock, &address);
	} else if (argc == 5 && !strcmp(argv[1], "send") &&
		   inet_pton(AF_INET, argv[2], &address.sin_addr) == 1) {
		address.sin_port = htons(atoi(argv[3]));
		transmit(sock, &address, strtoull(argv[4], NULL, 0));
	} else {
		fputs(usage, stderr);
		return 2;
	}
	return 0;
}
