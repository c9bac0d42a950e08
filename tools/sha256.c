// SPDX-License-Identifier: GPL-2.0-or-later
/* SHA-256 (FIPS 180-4), for the list of trusted overlays. */
#include <endian.h>
#include <stdint.h>
#include <string.h>

#include "dtslot.h"

#define BLOCK	64

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t roots[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5,
	0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
	0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
	0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5,
	0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t word, int bits)
{
	return word >> bits | word << (32 - bits);
}

static void add_block(uint32_t *state, const unsigned char *block)
{
	uint32_t w[64], s[8], one, two;
	int i;

	for (i = 0; i < 16; i++) {
		memcpy(&w[i], block + 4 * i, sizeof(w[i]));
		w[i] = be32toh(w[i]);
	}
	for (; i < 64; i++)
		w[i] = w[i - 16] + w[i - 7] +
		       (rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3) +
		       (rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10);
	memcpy(s, state, sizeof(s));
	for (i = 0; i < 64; i++) {
		one = s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) +
		      ((s[4] & s[5]) ^ (~s[4] & s[6])) + roots[i] + w[i];
		two = (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) +
		      ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
		memmove(s + 1, s, sizeof(s) - sizeof(*s));
		s[0] = one + two;
		s[4] += one;
	}
	for (i = 0; i < 8; i++)
		state[i] += s[i];
}

/**
 * sha256() - the SHA-256 of some bytes
 * @bytes: the bytes
 *
 * Return: its digits, as sha256sum(1) writes them; to be freed.
 */
char *sha256(const struct bytes *bytes)
{
	/* and of the square roots of the first eight */
	uint32_t state[8] = {
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
	};
	size_t whole = bytes->size / BLOCK * BLOCK, rest = bytes->size - whole, at;
	size_t last = rest < BLOCK - 8 ? BLOCK : 2 * BLOCK;
	unsigned char end[2 * BLOCK] = { 0 };
	uint64_t bits = htobe64((uint64_t)bytes->size * 8);

	for (at = 0; at < whole; at += BLOCK)
		add_block(state, bytes->data + at);
	memcpy(end, bytes->data + whole, rest);
	end[rest] = 0x80;
	memcpy(end + last - sizeof(bits), &bits, sizeof(bits));
	for (at = 0; at < last; at += BLOCK)
		add_block(state, end + at);
	return format("%08x%08x%08x%08x%08x%08x%08x%08x", state[0], state[1], state[2], state[3],
		      state[4], state[5], state[6], state[7]);
}
