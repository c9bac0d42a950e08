# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's ptp/phc.sh, testptp and drivers/net/hw/ethtool.sh: clocks, pins and speeds of a port.

Broken if it fails: a clock of the card does not do what a program asks of it, or a reason in docs/selftests.md holds no
longer.
"""

import re
import tempfile
from pathlib import Path

from lib import fetch, image, selftests

kernels = ("7.3", "6.12")
options = selftests.OPTIONS
timeout = 1800
LINUXPTP_SERIES = "3.1"
PINS = 7
PIN, CARD_PIN = 1, 36       # the PTP pin that the overlay gives a pin of the card
STAMP, PERIODIC = 1, 2
CAPABILITIES = f"""capabilities:
  200000 maximum frequency adjustment (ppb)
  0 programmable alarms
  {PINS} external time stamp channels
  {PINS} programmable periodic signals
  0 pulse per second
  {PINS} programmable pins
  0 cross timestamping
  0 adjust_phase
  0 maximum phase adjustment (ns)
"""
OFFSETS = "system time: \\S+\nphc    time: \\S+\nsystem time: \\S+\nsystem/phc clock time offset is "
# The script wants one per cent, the driver allows 200,000 ppb.
PHC = ["OK settime", "OK adjtime", "FAIL adjfreq"]
# A cable of QEMU carries frames whatever the speeds of its ends.
SPEEDS = [*(f"OK force speed {speed} on both ends" for speed in (10, 100, 1000)),
          "FAIL force of different speeds autoneg off: ping with different speeds",
          *(f"OK force speed {speed} vs. autoneg" for speed in (10, 100, 1000)),
          "OK advertise 0x2c vs. 0x20", "OK check highest speed", "OK advertise different speeds autoneg on"]


def programs(vm):
    """phc_ctl of Debian, testptp of the kernel under test, and the header that ethtool.sh reads."""
    tool = fetch.unpack_tool("linuxptp", LINUXPTP_SERIES)
    vm.put("/usr/bin/phc_ctl", next(tool.glob("**/phc_ctl")).read_bytes(), 0o755)
    linux = selftests.source(vm).parents[2]
    with tempfile.TemporaryDirectory() as work:
        header = Path(work, "linux/ptp_clock.h")
        header.parent.mkdir()
        header.write_bytes((linux / "include/uapi/linux/ptp_clock.h").read_bytes())
        image.run(["gcc", "-O2", "-I", work, "-o", f"{work}/testptp", selftests.source(vm) / "ptp/testptp.c", "-lrt"],
                  "building testptp", image.cache.directory("logs") / "testptp.log")
        vm.put("/usr/bin/testptp", Path(work, "testptp").read_bytes(), 0o755)
    vm.put("/usr/include/linux/ethtool.h", (linux / "include/uapi/linux/ethtool.h").read_bytes())


def testptp(vm, options):
    """What testptp says of the first clock with these options."""
    return vm.sh(f"testptp -d /dev/ptp0 {options} 2>&1")


def time(vm):
    return float(re.match(r"clock time: (\d+\.\d{9}) or ", testptp(vm, "-g"))[1])


def check_clock(vm):
    assert testptp(vm, "-c") == CAPABILITIES, testptp(vm, "-c")
    assert testptp(vm, "-T 1000000") == "set time okay\n"
    assert 1000000 <= time(vm) < 1000001
    assert testptp(vm, "-t 1000") == "time shift okay\n"
    assert 1001000 <= time(vm) < 1001001
    assert testptp(vm, "-n -500000000") == "time shift okay\n"
    assert 1000999.5 <= time(vm) < 1001001
    assert testptp(vm, "-f 200000") == "frequency adjustment okay\n"
    assert testptp(vm, "-f 200100") == "clock_adjtime: Numerical result out of range\n"
    assert testptp(vm, "-f 0") == "frequency adjustment okay\n"
    assert testptp(vm, "-s") == "set time okay\n"
    offsets = testptp(vm, "-k 5")
    assert offsets.startswith("system and phc clock time offset request okay\n"), offsets
    assert len(re.findall(OFFSETS, offsets)) == 5, offsets
    assert testptp(vm, "-x 5") == "PTP_SYS_OFFSET_EXTENDED: Operation not supported\n"
    assert testptp(vm, "-X") == "PTP_SYS_OFFSET_PRECISE: Operation not supported\n"
    assert testptp(vm, "-P 1") == "PTP_ENABLE_PPS: Operation not supported\n"


def check_pins(vm):
    assert testptp(vm, "-l") == "".join(f"name pin{n} index {n} func 0 chan 0\n" for n in range(PINS))
    assert testptp(vm, f"-L {PIN},{PERIODIC}") == "set pin function okay\n"
    assert testptp(vm, "-p 1000000000 -w 600000000 -H 0") == "periodic output request okay\n"
    levels = {vm.pin("card0", CARD_PIN) for _ in range(50) if vm.sh("sleep .1") == ""}
    assert levels == {False, True}, levels
    # a start at a time of its own is not supported
    assert testptp(vm, "-p 1000000") == "PTP_PEROUT_REQUEST: Invalid argument\n"
    assert testptp(vm, "-p 0") == "periodic output request okay\n"
    # low, so that the pin does not rise as it becomes an input (docs/mainline.md)
    vm.set_pin("card0", CARD_PIN, False)
    assert testptp(vm, f"-L {PIN},{STAMP}") == "set pin function okay\n"
    before = time(vm)
    job = vm.spawn("exec testptp -d /dev/ptp0 -e 2")
    while job.status is None:       # what it says comes when it ends: it listens from some edge on
        vm.set_pin("card0", CARD_PIN, False)
        vm.set_pin("card0", CARD_PIN, True)
        vm.sh("sleep 1")
    assert job.wait() == 0, job.output
    stamps = [float(stamp) for stamp in re.findall(rf"event index {PIN} at (\d+\.\d{{9}})", job.output)]
    assert len(stamps) == 2 and before <= stamps[0] < stamps[1] - 1 and stamps[1] < time(vm), (before, job.output)


def test(vm):
    selftests.prepare(vm)
    programs(vm)
    check_clock(vm)
    check_pins(vm)
    for script, directory, interfaces, expected in (
            ("phc.sh", "ptp", ("swp1",), PHC), ("ethtool.sh", "drivers/net/hw", ("swp1", "h1"), SPEEDS)):
        _, results, _ = selftests.attempt(vm, script, *interfaces, directory=directory)
        selftests.check(results, expected)
