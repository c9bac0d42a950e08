# SPDX-License-Identifier: GPL-2.0-or-later
"""Finds the tests, runs them in parallel, reports in KTAP."""

import concurrent.futures
import fnmatch
import importlib.util
import os
import re
import shutil
import sys
import threading
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path

from . import cache, image, judge, kernel_build, qemu_build, root
from .agent import CommandFailed, GuestGone
from .qmp import QmpError
from .say import Failed, say
from .vm import SOAK_CYCLES, VM, Skip

CASES = cache.TESTS / "cases"
SOAKS = cache.TESTS / "soaks"       # as cases, only long
TAIL_LINES = 60
TIMEOUT = 120
SOAK_FACTOR = 4     # and a long run of a case takes that much longer
# a kernel with so many checks needs room, and is too slow for times to mean anything
DEBUG_OPTIONS = {"memory": 1024, "clock": "real", "append": "slab_debug=- no_debug_objects"}
DEBUG_FACTOR = 4    # a debug kernel is that much slower
VERBOSE = os.environ.get("V", "0") != "0"


@dataclass
class Case:
    """A test for one kernel."""
    name: str
    kernel: str
    module: object
    soak: bool = False      # the long form

    @property
    def title(self):
        return f"{self.name}@{self.kernel}" if self.kernel else self.name

    @property
    def directory(self):
        """Where its logs go: not where those of a case go that a soak has its name from."""
        kind = "soak--" if self.soak else ""
        return cache.results() / (kind + self.title.replace("/", "--"))

    def get(self, name, default):
        return getattr(self.module, name, default)


@dataclass
class Build:
    """What a VM is started from."""
    kernel: kernel_build.Kernel
    images: dict        # {userland: initramfs}, None is that of most tests
    qemu: Path
    roms: Path          # None where the machine needs none
    root: Path = None   # the disk with a Debian installation, where a test wants one


@dataclass
class Result:
    case: Case
    verdict: str        # "passed", "failed", "skipped"
    seconds: float
    reason: str = ""
    log: str = ""
    results: Path = None
    notes: list = field(default_factory=list)


def load(path):
    spec = importlib.util.spec_from_file_location("case_" + path.stem.replace("-", "_"), path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def matches(title, pattern):
    """A pattern is a part of area/name@kernel, or a glob for all of it."""
    return not pattern or pattern in title or fnmatch.fnmatchcase(title, pattern)


def collect(pattern, directory=CASES, soak=False):
    """The cases that match; soak=True also has the kernels that a case is run on in the long run only."""
    cases = []
    for path in sorted(directory.glob("*/*.py")):
        name = f"{path.parent.name}/{path.stem}"
        module = load(path)
        kernels = getattr(module, "kernels", ("7.3",))
        if soak:
            kernels += getattr(module, "soak_kernels", ())
        cases += [Case(name, kernel, module, directory == SOAKS) for kernel in kernels or ("",)]
    if directory == SOAKS:
        cases += [Case(case.name, case.kernel, case.module, True) for case in collect("", soak=True)
                  if case.get("soaks", False) or case.kernel in case.get("soak_kernels", ())]
    return [case for case in cases if matches(case.title, pattern)]


def build_all(names, userlands=()):
    """{kernel name: Build}, for these kernels; with initramfs that have these userlands, too."""
    builds = {}
    for name in names:
        kernel = kernel_build.get_kernel(name)
        qemu, roms = qemu_build.get(kernel.architecture)
        modules = [kernel_build.build_modules(kernel)]
        if name in kernel_build.DEBIAN:
            modules.append(kernel_build.build_soc_modules(kernel))
        # a userland's programs are the host's own
        wanted = (None,) if kernel.tools else (None, *userlands)
        images = {userland: image.build_image(kernel, modules, userland) for userland in wanted}
        builds[name] = Build(kernel, images, qemu, roms)
    return builds


def run_in_vm(case, build, directory, timeout):
    """Returns (reason of failure or "", the log since the guest was up, notes)."""
    options = case.get("options", {})
    vm = VM(build, directory, **(DEBUG_OPTIONS | options if "debug" in case.kernel else options))
    if case.soak:
        vm.cycles = SOAK_CYCLES
    watchdog = threading.Timer(timeout, vm.kill, [f"the test took more than {timeout} s"])
    watchdog.start()
    reason = ""
    try:
        vm.start()
        case.module.test(vm)
        vm.sync_log()
    except Skip:
        raise
    except GuestGone as error:
        reason = vm.killed or f"{error}\n{vm.qemu_log()}".strip()
    except (CommandFailed, QmpError, TimeoutError, AssertionError) as error:
        reason = failure_text(error)
    except Exception:   # pylint: disable=broad-except
        reason = traceback.format_exc()
    finally:
        watchdog.cancel()
        vm.stop()
    log = vm.log()
    found = judge.complaints(log, case.get("expect_log", ()))
    if found:
        shown = "\n".join(found[:10])
        reason = f"{reason}\nkernel log:\n{shown}".strip()
    return reason, vm.test_log(), vm.notes


def failure_text(error):
    """What went wrong, with the line of the test it went wrong in."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__)
              if str(CASES) in frame.filename or str(SOAKS) in frame.filename]
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}: {frames[-1].line}\n" if frames else ""
    return f"{where}{type(error).__name__}: {error}"


def run_case(case, builds):
    start = time.monotonic()
    directory = case.directory
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()
    timeout = case.get("timeout", TIMEOUT) * (DEBUG_FACTOR if "debug" in case.kernel else 1)
    if case.soak and case.get("soaks", False):
        timeout *= SOAK_FACTOR
    log, notes, reason, verdict = "", [], "", "passed"
    if VERBOSE:
        say(f"{case.title} begins")
    try:
        if case.kernel:
            reason, log, notes = run_in_vm(case, builds[case.kernel], directory, timeout)
        else:
            case.module.test(None)
    except Skip as skip:
        reason, verdict = str(skip), "skipped"
    except Exception as error:  # pylint: disable=broad-except
        reason = failure_text(error)
    if verdict != "skipped":
        must_fail = case.get("must_fail", "")
        if must_fail:
            missed = not re.search(must_fail, reason)
            reason = f"should have been judged failed for '{must_fail}', but: {reason or 'passed'}" if missed else ""
        verdict = "failed" if reason else "passed"
    return Result(case, verdict, time.monotonic() - start, reason, log, directory, notes)


def print_result(number, result):
    """One KTAP result with its diagnostics."""
    status = "not ok" if result.verdict == "failed" else "ok"
    skip = f" # SKIP {result.reason}" if result.verdict == "skipped" else ""
    lines = [f"{status} {number} {result.case.title}{skip}"]
    lines += [f"# {result.case.title}: {note}" for note in result.notes]
    if result.verdict == "failed":
        lines += [f"# {line}" for line in result.reason.splitlines()]
        log = result.log.splitlines()
        if log:
            lines += [f"# --- the guest's log, its last {min(len(log), TAIL_LINES)} of {len(log)} lines:",
                      *(f"# {line.rstrip()}" for line in log[-TAIL_LINES:])]
        if result.case.kernel:
            lines.append(f"# --- all logs: {result.results}")
    lines.append(f"# {result.case.title}: {result.verdict} in {result.seconds:.1f} s")
    print("\n".join(lines), flush=True)


def check(pattern, jobs, directory=CASES):
    """Run what matches; returns the exit status."""
    cases = collect(pattern, directory)
    if not cases:
        raise Failed(f"no test matches '{pattern}'; tests/run list shows them")
    wanted = {case.kernel for case in cases if case.kernel}
    userlands = {case.get("options", {}).get("userland") for case in cases} - {None}
    builds = build_all([name for name in kernel_build.NAMES if name in wanted], userlands)
    for name in {case.kernel for case in cases if case.get("options", {}).get("root")}:
        builds[name].root = root.get(builds[name])
    say(f"running {len(cases)} tests, {jobs} at a time")
    print(f"KTAP version 1\n1..{len(cases)}", flush=True)
    counts = dict.fromkeys(("passed", "failed", "skipped"), 0)
    # slow ones first, so that the end is not one of them alone
    cases.sort(key=lambda case: -case.get("timeout", TIMEOUT) * (DEBUG_FACTOR if "debug" in case.kernel else 1))
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        futures = [pool.submit(run_case, case, builds) for case in cases]
        try:
            for number, future in enumerate(concurrent.futures.as_completed(futures), 1):
                result = future.result()
                counts[result.verdict] += 1
                print_result(number, result)
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    sys.stderr.flush()
    print(", ".join(f"{count} {verdict}" for verdict, count in counts.items()), flush=True)
    return 1 if counts["failed"] else 0


def default_jobs():
    return int(os.environ.get("JOBS") or os.cpu_count())
