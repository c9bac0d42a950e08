# SPDX-License-Identifier: GPL-2.0-or-later
"""The test that docs/howto/test.md shows is one: it runs as it is printed there.

Broken if it fails: the page, or what it promises of the runner.
"""

import re

from lib import cache

[SOURCE] = re.findall(r"^```python\n(.*?)^```", (cache.REPO / "docs/howto/test.md").read_text(), re.M | re.S)
shown = {}
exec(compile(SOURCE, "docs/howto/test.md", "exec"), shown)      # pylint: disable=exec-used
kernels, test = shown["kernels"], shown["test"]
