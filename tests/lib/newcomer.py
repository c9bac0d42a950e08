# SPDX-License-Identifier: GPL-2.0-or-later
"""A Debian as a new user has it, and a fresh clone: what README tells to type there does what it says."""

import platform
import re

from . import cache, documents, native
from .say import output, say

PACKAGES = ("make", "python3")      # as README says, and git for the clone
WHERE, CACHE = "/root/dtslot", "/root/.cache/dtslot"
APT = 'APT::Get::Assume-Yes "true";\nDpkg::Use-Pty "false";\n'
SHORT = "T=card/two-cards@7.3"      # of "make check", whose whole is CI's


def kept(suite):
    """Where what is built in that release is kept, as {here: there}.

    A release that is this machine's shares its cache. Another one has its own, as its compiler makes other kernels, for the
    next time; packages that were fetched serve all.
    """
    if platform.freedesktop_os_release().get("VERSION_CODENAME") == suite:
        return {cache.root(): CACHE}
    own = cache.directory(f"newcomer-{suite}")
    (own / "debs").mkdir(exist_ok=True)
    return {own: CACHE, cache.directory("debs"): f"{CACHE}/debs"}


def put_clone(root):
    """What `git clone` gives to a user who has no more than make and python3."""
    output(["git", "clone", "-q", cache.REPO, root.path(WHERE)])
    root.path("/etc/apt/apt.conf.d/typed").write_text(APT)
    root.sh("apt-get -q update && apt-get -q --no-install-recommends install git")


def type_in(root, command):
    say(f"README: {command}")
    return root.sh(f"cd {WHERE} && {command} 2>&1")


def check_emulated(root):
    """Two commands to a working emulated card."""
    demo, check, more = documents.commands("README", "Try it")
    said = type_in(root, demo)
    assert said.endswith("\ndemo: ok\n"), said[-4000:]
    said = type_in(root, f"{check} {SHORT}")
    assert said.endswith("\n1 passed, 0 failed, 0 skipped\n"), said[-4000:]
    said = type_in(root, more)
    assert re.search("^demo +plug the card into a virtual machine, use it, remove it$", said, re.M), said


def check_packages(root):
    """The packages, where no kernel is good for a card, and what the program says of that; nothing is left of them."""
    packages, doctor, slots, tree = documents.commands("README", "On a host with the card")
    said = type_in(root, packages)
    for name in ("dtslot", "dtslot-dkms", "dtslot-soc-dkms"):
        assert re.search(rf"^Setting up {name} \(0\.1\) \.\.\.$", said, re.M), said[-4000:]
    status, said = root.try_sh(doctor)
    assert status == 1 and "FINDING" in said, said
    for command in (slots, tree):
        status, said = root.try_sh(command)
        assert (status, said) == (0, ""), (command, said)
    root.sh(documents.blocks("docs/install.md", "Uninstall")[0])
    left = root.sh("find /boot /etc /opt /usr /var/lib/dkms -name '*dtslot*'")
    assert left == "", left


def check(suite, *parts):
    """These parts of README, one after the other, in one installation."""
    with native.Root(suite, PACKAGES, kept(suite)) as root:
        put_clone(root)
        for part in parts:
            part(root)
