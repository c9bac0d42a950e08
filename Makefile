# SPDX-License-Identifier: GPL-2.0-or-later
# What can be made. Objects are listed in Kbuild, long recipes live beside what they build.

DESTDIR ?=
PREFIX ?= /usr/local
KSRC ?= /usr/src/linux
KDIR ?= /lib/modules/$(shell uname -r)/build
RELEASE = $(shell cat $(KDIR)/include/config/kernel.release)
T ?=

all: modules

modules:		## build the modules for KDIR (default: the running kernel)
	@sh drivers/check-kernel $(KDIR)
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

tools:			## build the program dtslot; wants the headers of libpci, libfdt, libkmod and zlib
	$(MAKE) -C tools

install: install-modules install-files	## install all that is built; DESTDIR=, PREFIX= (/usr/local) say where

install-modules:
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_PATH=$(DESTDIR) modules_install

install-files:
	@$(MAKE) -f packaging/install.mk install

uninstall:		## remove what `make install` put in place
	rm -f $(DESTDIR)/lib/modules/$(RELEASE)/updates/dtslot.ko* \
		$(DESTDIR)/lib/modules/$(RELEASE)/updates/dtslot-*.ko*
	@$(MAKE) -f packaging/install.mk uninstall

deb:			## build Debian packages into dist/
	@packaging/deb

qemu-deb:		## build a Debian package of QEMU with the card into dist/
	@packaging/deb qemu

clean:			## remove what `make modules` and `make tools` made
	$(MAKE) -C tools clean
	$(MAKE) -C $(KDIR) M=$(CURDIR) clean

demo:			## plug the card into a virtual machine, use it, remove it
	@tests/demo

check:			## run all tests on all kernels; T=<pattern> runs some, V=1 tells more
	@tests/run check $(T)

soak:			## run the long tests: hours; T=<pattern> runs some, N=<number> sets how many cycles
	@tests/run soak $(T)

qemu:			## build QEMU with the card, for x86 and arm64, and say where it is
	@tests/run qemu

fuzz:			## random accesses to the card, in a QEMU with sanitizers: N of them, from SEED on
	@tests/fuzz $(addprefix --accesses=,$(N)) $(addprefix --seed=,$(SEED))

bench:			## measure beside mainline: table, docs/bench.json, plots
	@tests/bench

mainline-patches:	## our fixes for mainline drivers as patches for the kernel source KSRC, in mainline-patches/
	@docs/mainline/make-patches $(KSRC) mainline-patches

style:			## check kernel code, device trees, shell and Python; T=<part of a name> runs some
	@tests/style "$(T)"

help:			## show this list
	@sed -n 's/^\([a-z-]*\):.*##/\1\t/p' $(MAKEFILE_LIST) | expand -t 20

export DESTDIR PREFIX

.PHONY: all modules tools install install-modules install-files uninstall deb qemu-deb clean demo check soak bench \
	qemu fuzz style help mainline-patches
