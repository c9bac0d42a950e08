# SPDX-License-Identifier: GPL-2.0-or-later
"""The fuzzers of the pure parts: libFuzzer with sanitizers, from inputs that are made here, not kept as binaries."""

import re
import subprocess
import tempfile
from pathlib import Path

from . import cache, dts, escapes, host, host_program, suite

PACKAGES = {"clang": "/usr/bin/clang", "libclang-rt-dev": "/usr/share/doc/libclang-rt-dev"}
COMPILER = ("clang", "-O1", "-fsanitize=fuzzer,address,undefined")


def overlays():
    bad = suite.load(cache.TESTS / "cases/faults/bad-overlay-is-refused.py")
    rich = suite.load(cache.TESTS / "cases/host/damaged-overlays.py").RICH
    yield from (blob for _, blob, _ in escapes.escapes())
    yield from (dts.compile_overlay(dts.fragment(body)) for body in escapes.HARMLESS)
    yield from (blob for _, blob, _ in bad.bad_overlays(dts.compile_overlay(dts.HARMLESS)))
    yield dts.compile_overlay(rich)


def ids():
    return (data for _, data, _, _ in suite.load(cache.TESTS / "cases/host/add-on-ids.py").cases())


FUZZERS = {
    # parts, libraries, first inputs, largest input in bytes
    "fuzz-overlay": (host_program.OVERLAY, ("-lfdt",), overlays, 4096),
    "fuzz-id": (host_program.IDS, (), ids, 320),
}


def run(name, executions, seed):
    """Run a fuzzer; returns (executions, edges reached)."""
    host.install_packages(PACKAGES)
    parts, options, seeds, largest = FUZZERS[name]
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        corpus = work / "corpus"
        corpus.mkdir()
        for n, data in enumerate(seeds()):
            (corpus / str(n)).write_bytes(data)
        program = host_program.build(work, name, parts, *options, compiler=COMPILER)
        done = subprocess.run(["nice", program, f"-runs={executions}", f"-seed={seed}", f"-max_len={largest}",
                               "-timeout=10", "-print_final_stats=1", corpus],
                              capture_output=True, text=True, cwd=work, check=False)
        found = "".join(f"{path.name}: {path.read_bytes().hex()}\n" for path in work.iterdir()
                        if re.match(r"(crash|leak|oom|timeout)-", path.name))
    assert done.returncode == 0, f"{done.stderr[-4000:]}\n{found}"
    return (int(re.search(r"stat::number_of_executed_units: (\d+)", done.stderr)[1]),
            int(re.findall(r" cov: (\d+) ", done.stderr)[-1]))
