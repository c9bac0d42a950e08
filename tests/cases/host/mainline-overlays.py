# SPDX-License-Identifier: GPL-2.0-or-later
"""Mainline's own overlays through the check of a slot that exports every label of their base. What is refused, and why.

Broken if it fails: an honest overlay is refused, or one is taken that changes what no slot can take back.
"""

import collections
import re
import tempfile

from lib import corpus

kernels = ()
timeout = 900

# what a slot refuses, and why that is right
CLASSES = (
    (r"ok", "adds nodes only"),
    (r"check: \S+ reaches outside the slot: target-path is '/', only .*", "the slot is not the root"),
    (r"check: \S+ reaches outside the slot: target-path is '/.+'; write .*", "a path may lead anywhere"),
    (r"check: \S+ sets property '.+' of an existing node; .*", "what was there before could not be brought back"),
    (r"check: \S+ enables an existing node .*", "the same, of one property"),
    (r"check: \S+ disables an existing node .*", "the same"),
    (r"check: \S+ adds node '.+', which exists already: .+", "it would be changed, and removed at detach"),
    (r"check: \S+ reaches outside the slot: its target is label '.+'; .*", "of a base that is no board's tree"),
    (r"check: node 'cvbs-in-cn4' is in no fragment, .*", "nothing ever added it: a fault of the source"),
    (r"check: not an overlay: no fragment with an __overlay__ node .*", "of_unittest's tree, by another name"),
)

# When paths are the slot's and properties may be set, these are left.
LABEL = r"check: \S+ reaches outside the slot: its target is label '.+'; .*"
LEFT = (
    ("drivers/of/unittest-data/", LABEL),
    ("drivers/of/unittest-data/", r"check: not an overlay: .*"),
    # no Makefile says which tree these are for
    ("arch/arm64/boot/dts/ti/k3-am654-", LABEL),
    ("drivers/gpu/drm/tilcdc/", LABEL),
    # the kernel's own overlays refuse that, too: what came first could not be told from what was changed
    ("arch/arm64/boot/dts/freescale/imx", r"check: two fragments add node '.+' to one target"),
    ("arch/arm64/boot/dts/renesas/r8a77970-eagle-function-expansion.dtso", r"check: node 'cvbs-in-cn4' is in no fragment, .*"),
)


def test(_):
    with tempfile.TemporaryDirectory() as work:
        verdicts = corpus.judge_overlays(work)
    assert len(verdicts) >= 400, len(verdicts)
    counts = collections.Counter()
    for path, strict, ported in verdicts:
        found = next((pattern for pattern, _ in CLASSES if re.fullmatch(pattern, strict)), None)
        assert found, f"{path}: {strict}"
        counts[found] += 1
        assert ported == "ok" or any(str(path).startswith(start) and re.fullmatch(pattern, ported)
                                     for start, pattern in LEFT), f"{path}, ported: {ported}"
    ported = sum(ported == "ok" for _, _, ported in verdicts)
    print(f"{len(verdicts)} overlays, {ported} pass once their paths are the slot's and properties may be set")
    for pattern, why in CLASSES:
        print(f"{counts[pattern]}: {pattern} ({why})")
    assert counts["ok"] >= 9, counts
    assert ported >= 370
