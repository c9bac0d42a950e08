# SPDX-License-Identifier: GPL-2.0-or-later
# What can be made. Objects are listed in Kbuild, long recipes live beside what they build.

KSRC ?= /usr/src/linux
KDIR ?= /lib/modules/$(shell uname -r)/build
T ?=

all: modules

modules:		## build the modules for KDIR (default: the running kernel)
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

install:		## install the modules for KDIR
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules_install

clean:			## remove what `make modules` made
	$(MAKE) -C $(KDIR) M=$(CURDIR) clean

demo:			## plug the card into a virtual machine, use it, remove it
	@tests/demo

check:			## run all tests on all kernels; T=<pattern> runs some, V=1 tells more
	@tests/run check $(T)

soak:			## run the long tests: hours; T=<pattern> runs some, N=<number> sets how many cycles of add-ons
	@tests/run soak $(T)

fuzz:			## random accesses to the card, in a QEMU with sanitizers: N of them, from SEED on
	@tests/fuzz $(addprefix --accesses=,$(N)) $(addprefix --seed=,$(SEED))

bench:			## measure beside mainline: table, docs/bench.json, plots
	@tests/bench

mainline-patches:	## our fixes for mainline drivers as patches for the kernel source KSRC, in mainline-patches/
	@docs/mainline/make-patches $(KSRC) mainline-patches

style:			## check kernel code, device trees, shell and Python
	@tests/style

help:			## show this list
	@sed -n 's/^\([a-z-]*\):.*##/\1\t/p' $(MAKEFILE_LIST) | expand -t 20

.PHONY: all modules install clean demo check soak bench fuzz style help mainline-patches
