# SPDX-License-Identifier: GPL-2.0-or-later
"""Which cells of a property are references, and which of them lead to suppliers, by the one table of bindings.

Broken if it fails: a number in an overlay reaches a node of the host, or a driver probes before what it needs.
"""

import subprocess
import tempfile
from pathlib import Path

from lib import host_program

kernels = ()

# name: cells that are references | those of them to suppliers
PRINTED = """\
clocks: 0 2 | 0 2
clocks: 0 1 | 0 1
clocks: 0 | 0
reset-gpios: 0 4 | 0 4
acme,nr-gpios: |
nr-gpios: |
gpios: 0 | 0
gpios: |
vcc-supply: 0 | 0
-supply: |
pinctrl-12: 0 1 | 0 1
pinctrl-names: |
nvmem-cells: 0 2 | 0 2
nvmem-cells: 0 1 | 0 1
i2c-parent: 0 | 0
i2c-parent: 0 1 0 | 0 1 0
dma-masters: 0 1 |
dma-masters: |
dma-masters: 0 1 0 1 |
port: |
port: 0 |
trigger-sources: 0 0 |
trigger-sources: 0 0 1 |
gpio-ranges: 0 4 | 0 4
gpio-ranges: 0 5 | 0 5
gpio-map: 2 6 | 2 6
gpio-map: lacks #gpio-cells | error
interrupt-map: 1 6 | 1 6
interrupt-map: lacks #address-cells | error
interrupt-map: 2 6 | 2 6
interrupt-map: 1 4 | 1 4
iommu-map: 1 5 | 1 5
iommu-map: 1 6 | 1 6
iommu-map: 1 5 | 1 5
iommu-map: 1 | 1
iommu-map: 1 4 | 1 4
msi-map: 1 | 1
msi-map: |
syscon: 0 |
reg: |
acme,bus: 0 | 0
reg: 0 1 | 0 1
phandle: |
"""

# the same maps, as kernels before 7.3 read those of IDs
BEFORE = """\
gpio-map: 2 6 | 2 6
gpio-map: lacks #gpio-cells | error
interrupt-map: 1 6 | 1 6
interrupt-map: lacks #address-cells | error
interrupt-map: 2 6 | 2 6
interrupt-map: 1 4 | 1 4
iommu-map: 1 5 | 1 5
iommu-map: |
iommu-map: 1 5 | 1 5
iommu-map: 1 5 | 1 5
iommu-map: |
msi-map: 1 | 1
msi-map: |
"""


def test(_):
    with tempfile.TemporaryDirectory() as work:
        program = host_program.build(Path(work), "bindings-test", host_program.OVERLAY)
        done = subprocess.run([program], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        for told, expected in zip(done.stdout.splitlines(), (PRINTED + BEFORE).splitlines(), strict=True):
            assert told == expected, f"{told!r}, not {expected!r}"
