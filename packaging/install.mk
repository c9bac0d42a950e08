# SPDX-License-Identifier: GPL-2.0-or-later
# Where files go that are no modules. Included by nothing: make -f packaging/install.mk

PREFIX ?= /usr/local
# read there by udev, modprobe and the kernel, whatever PREFIX is
LIBDIR ?= /usr/lib
DATADIR ?= $(PREFIX)/share/dtslot
INSTALL ?= install

# What is looked for by name when an add-on is plugged in; other overlays replace the
# embedded one, so they wait elsewhere until somebody wants them.
ADDONS := $(patsubst %.dtso,%.dtbo,$(notdir $(wildcard dts/addon-*.dtso)))
OTHERS := lan966x-fdma.dtbo lan966x-connector.dtbo lan966x-mikrobus.dtbo qemu-virt-pcie.dtbo \
	rpi-cm4-window.dtbo
HELPERS := dtslot-port dtslot-port-led

install:
	$(MAKE) -C tools install PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)
	$(MAKE) -C dts
	$(INSTALL) -d $(addprefix $(DESTDIR),$(LIBDIR)/firmware/dtslot $(DATADIR) $(LIBDIR)/udev/rules.d \
		$(LIBDIR)/modprobe.d)
	$(INSTALL) -m 644 $(addprefix dts/,$(ADDONS)) $(DESTDIR)$(LIBDIR)/firmware/dtslot
	$(INSTALL) -m 644 $(addprefix dts/,$(OTHERS)) $(DESTDIR)$(DATADIR)
	$(INSTALL) -m 644 packaging/udev/70-dtslot.rules $(DESTDIR)$(LIBDIR)/udev/rules.d
	$(INSTALL) -m 755 $(addprefix packaging/udev/,$(HELPERS)) $(DESTDIR)$(LIBDIR)/udev
	$(INSTALL) -m 644 packaging/modprobe.d/dtslot.conf $(DESTDIR)$(LIBDIR)/modprobe.d

uninstall:
	$(MAKE) -C tools uninstall PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)
	rm -f $(addprefix $(DESTDIR)$(LIBDIR)/firmware/dtslot/,$(ADDONS))
	rm -f $(addprefix $(DESTDIR)$(DATADIR)/,$(OTHERS))
	rm -f $(DESTDIR)$(LIBDIR)/udev/rules.d/70-dtslot.rules $(DESTDIR)$(LIBDIR)/modprobe.d/dtslot.conf
	rm -f $(addprefix $(DESTDIR)$(LIBDIR)/udev/,$(HELPERS))
	-rmdir $(DESTDIR)$(LIBDIR)/firmware/dtslot $(DESTDIR)$(DATADIR) 2>/dev/null

.PHONY: install uninstall
