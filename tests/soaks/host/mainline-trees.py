# SPDX-License-Identifier: GPL-2.0-or-later
"""Each board's whole tree in mainline, as one overlay: all that honest authors write is taken, but for what is listed.

Broken if it fails: confinement refuses what mainline's drivers want, and SoCs on cards cannot be described.
"""

import re
import tempfile
from pathlib import Path

from lib import corpus, host_program
from lib.say import say

kernels = ()

# what is refused in trees that work, and why that is right
REFUSED = (
    # tegra210's controller lacks the count: the kernel's own reading takes the argument for a phandle
    r"resolve: 'interconnects' of node 'actmon@6000c800' reaches outside the slot: cell 1 is the bare phandle 0x27; .*",
    # more arguments than the provider says: the kernel reads the next as a phandle
    r"resolve: 'interconnects' of node '.+' reaches outside the slot: cell \d+ is the bare phandle .*",
    # a number, in a property that another driver reads as a reference and could read in any node
    r"resolve: 'ethernet' of node 'ethernet@.+' reaches outside the slot: cell 0 is the bare phandle .*",
    # more than fits into the kernel's arrays; omap5-uevm means nothing by it
    r"resolve: '#address-cells' of node 'evm_keys' is 7; it can be 0 to 3",
    # a node that its source extends by its path is a fragment to dtc, in the one that the tree is wrapped into
    r"check: node 'fragment@\d+' is a fragment inside of another: .*",
    # dtc was told to go on without a label that the tree deletes
    r"resolve: '.+' of node '.+' refers to phandle 0xffffffff, which no node of the overlay has",
)


def test(_):
    with tempfile.TemporaryDirectory() as work:
        program = host_program.build(Path(work), "corpus-test", host_program.OVERLAY, "-lfdt")
        trees = corpus.trees()
        verdicts = corpus.parallel(lambda path: corpus.judge_tree(path, work, program), trees)
    judged = [(path, verdict) for path, verdict in zip(trees, verdicts, strict=True) if verdict]
    refused = [(path, verdict) for path, verdict in judged if verdict != "ok"]
    say(f"{len(trees)} trees, {len(judged)} that dtc can compile as an overlay, {len(refused)} of them refused")
    assert len(judged) >= 3000, len(judged)
    wrong = [f"{path}: {verdict}" for path, verdict in refused
             if not any(re.fullmatch(pattern, verdict) for pattern in REFUSED)]
    assert not wrong, "\n".join(wrong)
