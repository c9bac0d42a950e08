# SPDX-License-Identifier: GPL-2.0-or-later
"""The test that docs/howto/test.md shows is one: it runs as it is printed there, and so does what it shows of a refusal.

Broken if it fails: the page, or what it promises of the runner.
"""

import re

from lib import cache, card, documents, dts, slot

[SOURCE] = re.findall(r"^```python\n(.*?)^```", (cache.REPO / "docs/howto/test.md").read_text(), re.M | re.S)
[REFUSAL] = [block for block in documents.blocks("docs/howto/test.md", "A test") if "FIRMWARE" in block]
shown = {}
exec(compile(SOURCE, "docs/howto/test.md", "exec"), shown)      # pylint: disable=exec-used
kernels = shown["kernels"]


def test(vm):
    shown["test"](vm)
    [bdf] = card.functions(vm)
    exec(compile(REFUSAL, "docs/howto/test.md", "exec"),        # pylint: disable=exec-used
         {"vm": vm, "bdf": bdf, "card": card, "slot": slot, "dts": dts})
