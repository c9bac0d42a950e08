# SPDX-License-Identifier: GPL-2.0-or-later
"""`dtslot doctor` on hosts without a card: the kernel, its options, drivers, what builds them, Secure Boot.

Broken if it fails: a user buys a card that this kernel can never drive, or is not told which package is missing.
"""

import gzip
import json
import re

from lib import cache, dts, tool

kernels = ()

R = "7.3.4+deb14-arm64"
ARM64 = "CONFIG_ARM64=y\n"
FIT = "CONFIG_OF=y\nCONFIG_OF_DYNAMIC=y\nCONFIG_PCI=y\nCONFIG_CRYPTO_LIB_SHA256=m\nCONFIG_NET_SWITCHDEV=y\nCONFIG_PHYLINK=m\n"
FIT += "CONFIG_RESET_CONTROLLER=y\nCONFIG_COMMON_CLK=y\nCONFIG_PINCTRL=y\n"
BUILTIN = "CONFIG_SFP=m\nCONFIG_LEDS_GPIO=y\nCONFIG_I2C_MUX_PINCTRL=m\n"
SOC = {
    "atmel-flexcom": ["atmel,sama5d2-flexcom"], "i2c-at91": ["microchip,sam9x60-i2c"],
    "clk-lan966x": ["microchip,lan966x-gck"], "irq-lan966x-oic": ["microchip,lan966x-oic"],
    "reset-microchip-sparx5": ["microchip,lan966x-switch-reset"], "pinctrl-ocelot": ["microchip,lan966x-pinctrl"],
    "pinctrl-microchip-sgpio": ["microchip,sparx5-sgpio"], "mdio-mscc-miim": ["microchip,lan966x-miim"],
    "lan966x_serdes": ["microchip,lan966x-serdes"], "lan966x-switch": ["microchip,lan966x-switch"],
    "nvmem_lan9662-otpc": ["microchip,lan9662-otpc"], "lan966x-hwmon": ["microchip,lan9668-hwmon"],
}
LACKED = ("CONFIG_MFD_ATMEL_FLEXCOM CONFIG_I2C_AT91 CONFIG_COMMON_CLK_LAN966X CONFIG_LAN966X_OIC CONFIG_RESET_MCHP_SPARX5 "
       "CONFIG_PINCTRL_OCELOT CONFIG_PINCTRL_MICROCHIP_SGPIO CONFIG_MDIO_MSCC_MIIM CONFIG_PHY_LAN966X_SERDES "
       "CONFIG_LAN966X_SWITCH CONFIG_NVMEM_LAN9662_OTPC CONFIG_SENSORS_LAN966X")
SOC_BUILD = "the SoC's drivers cannot be built, and DKMS passes over this kernel"
REBUILD = "build a kernel with: scripts/config -e OF -e OF_OVERLAY -m MCHP_LAN966X_PCI -e RESET_CONTROLLER"
BACKPORT = "apt install -t trixie-backports linux-image-arm64"


def lines(system, *arguments, status=0):
    """{check: [(level, what, fix), ...]} of what the doctor says."""
    found = system.run("doctor", "--json", *arguments)
    assert found[0] == status and not found[2], found
    said = {}
    for line in json.loads(found[1]):
        said.setdefault(line["check"], []).append((line["level"], line["what"], line["fix"]))
    return said


def test(_):
    with tool.System() as system:
        system.put("/proc/sys/kernel/osrelease", f"{R}\n")
        versions(system)
        configurations(system)
        roots(system)
        drivers(system)
        trust(system)
        in_text(system)


def versions(system):
    for release, line in (
            ("6.1.0-56-amd64", ("finding", "Linux 6.1.0-56-amd64 is older than 6.12", None)),
            ("6.12.57", ("ok", "Linux 6.12.57 is one of 6.12 to 7.3", None)),
            ("7.4.0-rc1", ("unknown", "Linux 7.4.0-rc1 is newer than 7.3, the last that was tried", None))):
        [found] = lines(system, "--kernel", release, status=1)["version"]
        assert found[:2] == line[:2], found
    system.put("/boot/config-5.10.0", ARM64 + FIT)
    assert lines(system, "--kernel", "5.10.0", status=1)["version"] == [
        ("finding", "Linux 5.10.0 is older than 6.12", BACKPORT)]
    for release in ("x", "7", "../../etc", "7.3/../x", "0.1", "7.3000"):
        system.expect(["doctor", "--kernel", release], status=2,
                      error=f"dtslot: --kernel {release}: is no release; ls /lib/modules shows them\n")
    usage = "usage: dtslot doctor [--json] [--quiet] [--kernel RELEASE] [--overlay FILE]\n"
    for words in ("doctor x", "doctor --kernel", "doctor --loud"):
        system.expect(words, error=usage, status=2)


def configurations(system):
    unknown = ("unknown", f"what Linux {R} was built with is not told by /proc/config.gz or /boot/config-{R}",
               "modprobe configs, or install the package of the kernel")
    assert lines(system, status=1)["options"] == [unknown]
    good = [("ok", "the kernel can change its device tree", None)]
    places = (f"/boot/config-{R}", f"/lib/modules/{R}/config", f"/lib/modules/{R}/build/.config")
    for place in places:
        system.put(place, FIT)
        assert lines(system, status=1)["options"] == good, place
        system.path(place).unlink()
    system.put("/proc/config.gz", gzip.compress(FIT.encode()))
    assert lines(system, status=1)["options"] == good
    # that of the kernel itself counts, and is not another kernel's
    system.put(places[0], "")
    assert lines(system, status=1)["options"] == good
    assert "options" in lines(system, "--kernel", "7.3.0", status=1)
    for junk in (b"junk", gzip.compress(b"\0" * (64 << 20)), gzip.compress(FIT.encode())[:20]):
        system.put("/proc/config.gz", junk)
        assert lines(system, status=1)["options"] != good
    system.path("/proc/config.gz").unlink()
    # x86 as distributions build it; nothing else is missed there
    system.put(places[0], "# CONFIG_OF is not set\nCONFIG_PCI=y\nCONFIG_CRYPTO_LIB_SHA256=y\nCONFIG_COMMON_CLK=y\n"
               "CONFIG_PINCTRL=y\n")
    said = lines(system, status=1)
    assert said["options"] == [
        ("finding", "CONFIG_OF is not set: drivers do not look at device trees", REBUILD),
        ("finding", "CONFIG_OF_DYNAMIC is not set: nodes cannot come and go", REBUILD),
        ("finding", "CONFIG_NET_SWITCHDEV is not set: the switch of the card has no driver", REBUILD),
        ("finding", "CONFIG_PHYLINK is not set: the switch of the card has no driver", REBUILD),
        ("finding", f"CONFIG_RESET_CONTROLLER is not set: {SOC_BUILD}", REBUILD)], said
    assert "drivers" not in said and "modules" not in said
    system.put(places[0], "CONFIG_OF_DYNAMIC=yes, but not here\n" + ARM64 + FIT.replace("CONFIG_OF_DYNAMIC=y\n", "")
               .replace("CONFIG_CRYPTO_LIB_SHA256=m\n", "").replace("CONFIG_PCI=y\n", ""))
    system.put(places[0], ARM64 + "CONFIG_OF=y\nCONFIG_NET_SWITCHDEV=y\nCONFIG_PHYLINK=y\n")
    assert lines(system, status=1)["options"] == [
        ("finding", f"CONFIG_{option} is not set: {why}", f"{BACKPORT}, or build one with CONFIG_{option}=y")
        for option, why in (("OF_DYNAMIC", "nodes cannot come and go"), ("PCI", "there are no PCI functions"),
                            ("CRYPTO_LIB_SHA256", "overlays cannot be compared with the list of trusted ones"),
                            *((option, SOC_BUILD) for option in ("RESET_CONTROLLER", "COMMON_CLK", "PINCTRL")))]
    system.put(places[0], ARM64 + FIT + BUILTIN)


def roots(system):
    assert lines(system, status=1)["root"] == [
        ("unknown", "there is no live tree, as ACPI booted this host; the module dtslot makes a root",
         "modprobe dtslot-pci")]
    system.directory("/sys/module/dtslot")
    assert lines(system, status=1)["root"] == [
        ("finding", "there is no live tree, and nothing can be added to it",
         "mount -t sysfs none /sys, or boot with the firmware's device tree")]
    system.directory(tool.BASE)
    assert lines(system, status=1)["root"] == [("ok", "the live tree has a root", None)]


def drivers(system):
    said = lines(system, status=1)
    assert said["drivers"] == [("finding", f"5 of 17 kinds of device have a driver in this kernel; it lacks {LACKED}",
                                "apt install dtslot-soc-dkms")], said
    assert said["modules"] == [("finding", f"the modules of dtslot are not there for {R}",
                                "apt install dtslot-dkms, or make && make install && depmod")], said
    assert said["headers"] == [("finding", f"modules cannot be built: /lib/modules/{R}/build is missing",
                                f"apt install linux-headers-{R}")], said
    assert said["source"] == [(
        "finding", "the SoC's drivers cannot be built: /usr/src/linux-source-7.3.tar.xz is missing",
        "apt install linux-source-7.3, or name the source in /etc/dtslot/soc-dkms.conf")], said
    # what DKMS made of it
    system.directory("/var/lib/dkms/dtslot/0.1/build")
    assert lines(system, status=1)["modules"] == [
        ("finding", f"DKMS has not built dtslot for {R}", f"dkms autoinstall -k {R}")]
    system.put("/var/lib/dkms/dtslot/0.1/build/make.log")
    assert lines(system, status=1)["modules"] == [("finding", f"DKMS could not build dtslot for {R}",
                                                   "less /var/lib/dkms/dtslot/0.1/build/make.log")]
    # of a kernel for which it has built, it keeps a link of this kind
    system.link("/var/lib/dkms/dtslot-soc/kernel-6.12.1-aarch64", "/var/lib/dkms/dtslot-soc/0.1")
    system.directory("/var/lib/dkms/dtslot-soc/0.1/build")
    assert lines(system, status=1)["modules"][1:] == [
        ("finding", f"DKMS has not built dtslot-soc for {R}", f"dkms autoinstall -k {R}")]
    # what DKMS asks of a kernel before it builds for it is what the doctor asks
    asked = set()
    for recipe in ("packaging/dkms.conf", "packaging/soc-dkms/dkms.conf"):
        asked |= set(re.search(r'^BUILD_EXCLUSIVE_CONFIG="(.*)"$', (cache.REPO / recipe).read_text(), re.M)[1].split())
    assert asked == {line.split("=")[0] for line in FIT.splitlines()}, asked
    system.put(f"/lib/modules/{R}/build/Makefile")
    for place in ("/usr/src/linux-source-7.3.tar.xz", "/etc/dtslot/soc-dkms.conf"):
        system.put(place)
        said = lines(system, status=1)
        assert said["headers"] == [("ok", f"modules can be built for {R}", None)], said
        assert said["source"] == [("ok", "the SoC's drivers can be built from the kernel's source", None)], said
        system.path(place).unlink()
    # Ubuntu has most of them
    system.modules(R, {name: texts for name, texts in SOC.items() if name not in ("i2c-at91", "clk-lan966x")})
    assert lines(system, status=1)["drivers"] == [
        ("finding", "15 of 17 kinds of device have a driver in this kernel; it lacks CONFIG_I2C_AT91 "
         "CONFIG_COMMON_CLK_LAN966X", "apt install dtslot-soc-dkms")]
    system.put(f"/boot/config-{R}", ARM64 + FIT + BUILTIN.replace("CONFIG_SFP=m\n", ""))
    system.modules(R, {"dtslot-pci": [], "irq-lan966x-oic": SOC["irq-lan966x-oic"]},
                   [(name, text) for name, texts in SOC.items() for text in texts if name != "irq-lan966x-oic"])
    said = lines(system, status=1)
    assert said["drivers"] == [("finding", "16 of 17 kinds of device have a driver in this kernel; it lacks CONFIG_SFP",
                                "build a kernel with these as modules")], said
    assert said["modules"] == [("ok", "the modules of dtslot are there", None)], said
    system.put(f"/boot/config-{R}", ARM64 + FIT + BUILTIN)
    said = lines(system)
    assert said["drivers"] == [("ok", "this kernel has a driver for each of 17 kinds of device", None)], said
    assert "headers" not in said and "source" not in said, said
    overlays(system)
    our_overlays(system)


def overlays(system):
    """The drivers of another overlay than the embedded one."""
    system.put("x.dtbo", dts.compile_overlay(dts.fragment('''a { compatible = "acme,unheard-of"; };
        b { compatible = "acme,new", "microchip,lan966x-oic"; }; c { compatible = "nxp,pca9535"; }; d { };''')))
    path = system.path("x.dtbo")
    assert lines(system, "--overlay", path, status=1)["drivers"] == [
        ("unknown", "no module says that it drives acme,unheard-of", "find which option of the kernel has it"),
        ("finding", "1 of 3 kinds of device have a driver in this kernel; it lacks CONFIG_GPIO_PCA953X",
         "build a kernel with these as modules")]
    system.put("x.dtbo", "junk")
    assert lines(system, "--overlay", path, status=1)["drivers"] == [
        ("finding", f"{path}: is no overlay that dtc made", f"dtslot check {path}")]
    path.unlink()
    assert lines(system, "--overlay", path, status=1)["drivers"] == [
        ("finding", f"{path}: No such file or directory", f"dtslot check {path}")]


def our_overlays(system):
    """The table of drivers knows all that dts/ describes, and that the card has what the embedded overlay describes."""
    def kinds(*paths):
        texts = (re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S) for path in paths)
        return {kind for text in texts for kind in re.findall(r"compatible = ([^;]+);", text)}

    directory = cache.REPO / "dts"
    everything = kinds(*directory.glob("*.dtso"))
    nodes = "".join(f"n{n} {{ compatible = {kind}; }};" for n, kind in enumerate(sorted(everything)))
    system.put("x.dtbo", dts.compile_overlay(dts.fragment(nodes)))
    levels = [line[:2] for line in lines(system, "--overlay", system.path("x.dtbo"), status=1)["drivers"]]
    assert [line for line in levels if line[0] == "unknown"] == [], levels
    of_card = {kind for kind in kinds(directory / "lan966x.dtso") if "syscon" not in kind and "sgpio-bank" not in kind}
    assert len(of_card) == 17, of_card
    system.path("x.dtbo").unlink()


def trust(system):
    assert lines(system)["trust"] == [("ok", "the kernel takes modules without a signature", None)]
    variable = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
    no_key = [("finding", "Secure Boot or lockdown takes signed modules only, and DKMS has no key yet",
               "dkms generate_mok && mokutil --import /var/lib/dkms/mok.pub, reboot, enroll it")]
    for content in (b"\6\0\0\0\0", b"\6\0\0\0", b"\6\0\0\0\1\1", b""):
        system.put(variable, content)
        assert lines(system)["trust"][0][0] == "ok"
    system.put(variable, b"\6\0\0\0\1")
    assert lines(system, status=1)["trust"] == no_key
    system.path(variable).unlink()
    # of a kernel that takes those only that were built with it
    def is_forced(release, *arguments):
        return lines(system, *arguments, status=1)["trust"] == [
            ("finding", f"Linux {release} takes only modules that are signed with a key which it was built with",
             "boot without module.sig_enforce, or take a kernel without CONFIG_MODULE_SIG_FORCE")]

    enforce = "/sys/module/module/parameters/sig_enforce"
    system.put(enforce, "Y\n")
    assert is_forced(R)
    system.put(variable, b"\6\0\0\0\1")
    assert lines(system, status=1)["trust"] == no_key
    # Secure Boot is another kernel's, too
    assert lines(system, "--kernel", "7.3.0", status=1)["trust"] == no_key
    system.path(variable).unlink()
    system.put(enforce, "N\n")
    assert lines(system)["trust"][0][0] == "ok"
    system.put("/boot/config-7.3.0", ARM64 + FIT + "CONFIG_MODULE_SIG_FORCE=y\n")
    assert is_forced("7.3.0", "--kernel", "7.3.0")
    for path in ("/boot/config-7.3.0", enforce):
        system.path(path).unlink()
    for mode, status in (("none [integrity] confidentiality", 1), ("none integrity [confidentiality]", 1),
                         ("[none] integrity confidentiality", 0)):
        system.put("/sys/kernel/security/lockdown", f"{mode}\n")
        assert (lines(system, status=status)["trust"] == no_key) == bool(status), mode
    system.put(variable, b"\6\0\0\0\1")
    system.put("/var/lib/dkms/mok.pub")
    system.put("bin/mokutil", "#!/bin/sh\n")
    system.path("bin/mokutil").chmod(0o755)
    for said, line, status in (
            ("is already enrolled", ("ok", "Secure Boot is on, and the key of DKMS is enrolled", None), 0),
            ("is not enrolled", ("finding", "Secure Boot is on, and the key of DKMS is not enrolled",
                                 "mokutil --import /var/lib/dkms/mok.pub, reboot, enroll it"), 1),
            ("EFI variables are not supported on this system",
             ("unknown", "Secure Boot is on; whether the key of DKMS is enrolled is not known",
              "apt install mokutil; mokutil --test-key /var/lib/dkms/mok.pub"), 0)):
        system.put("bin/mokutil", f"#!/bin/sh\necho \"$2 {said}\"\n")
        system.environment = {"PATH": f"{system.path('bin')}:/usr/bin:/bin"}
        assert lines(system, status=status)["trust"] == [line], said
    system.environment = {"PATH": str(system.path("nothing"))}
    assert lines(system)["trust"][0][0] == "unknown"
    system.environment = {}
    system.path(variable).unlink()


def in_text(system):
    """What a person sees."""
    system.expect("doctor", """\
ok       version  Linux 7.3.4+deb14-arm64 is one of 6.12 to 7.3
ok       options  the kernel can change its device tree
ok       root     the live tree has a root
ok       drivers  this kernel has a driver for each of 17 kinds of device
ok       modules  the modules of dtslot are there
ok       trust    the kernel takes modules without a signature
-        card     no card is seen (Device 1055:9660, 1055:9660)
                  > plug it in, then echo 1 >/sys/bus/pci/rescan
-        slot     there are no slots
ok       firmware 0 overlays in /lib/firmware/dtslot can be used
-        fault    the switch logs "IRQ fdma not found" and "MAC addr was not set" where nothing is wrong
                  > leave it, or build its driver with the fixes of docs/mainline
0 findings
""")
    system.expect("doctor --quiet")
    system.put(f"/boot/config-{R}", ARM64 + FIT + BUILTIN + "CONFIG_SERIAL_ATMEL=y\n")
    assert [line[1] for line in lines(system)["fault"]][1:] == [
        "a serial port behind a card logs a bad address when the card goes"]
    system.put("/boot/config-6.12.1", ARM64 + FIT)
    assert lines(system, "--kernel", "6.12.1", status=1)["fault"][0][1] == (
        "the reset driver cannot be unloaded, and keeps the registers of one card mapped")
    system.put(f"/boot/config-{R}", ARM64 + FIT.replace("CONFIG_OF=y\n", ""))
    system.expect("doctor --quiet", f"FINDING  options  CONFIG_OF is not set: drivers do not look at device trees\n"
                  f"                  > {BACKPORT}, or build one with CONFIG_OF=y\n", status=1)
