# SPDX-License-Identifier: GPL-2.0-or-later
"""A Debian installation in a directory, of this machine's architecture: what a user has before he begins.

Its programs run by chroot, in mount and process name spaces of their own, so that nothing stays mounted or running.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import cache, fetch, host
from .say import Failed, ending_with_us, output, run
from .vm import Skip

HOST_PACKAGES = {"mmdebstrap": "/usr/bin/mmdebstrap"}
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8",
               "DEBIAN_FRONTEND": "noninteractive"}
ENTER = """
top=$1
mount -t proc proc "$top/proc"
mount --rbind /dev "$top/dev"
shift
while [ "$1" != -- ]; do
    mkdir -p "$top$2"
    mount --rbind "$1" "$top$2"
    shift 2
done
shift
exec chroot "$top" "$@"
"""


def archive(suite, packages):
    """A tar archive of an installation: what no Debian is without, and these packages."""
    host.install_packages(HOST_PACKAGES)

    def make(work):
        mirror = fetch.mirror()
        sources = [f"deb [signed-by={fetch.KEYRING}] {mirror}/debian {name} main"
                   for name in (suite, f"{suite}-backports")]
        run(["mmdebstrap", "--variant=minbase", "--dpkgopt=force-unsafe-io", f"--include={','.join(packages)}",
             suite, work / "root.tar", *sources], f"making a Debian {suite}",
            cache.directory("logs") / f"native-{suite}.log", env=dict(os.environ, TMPDIR=str(work)))

    return cache.artefact(f"native-{suite}", cache.key(suite, *packages), make) / "root.tar"


class Root:
    """An installation that is there as long as `with`; binds are directories of this machine, {here: there}."""

    def __init__(self, suite, packages, binds=()):
        if os.geteuid():
            raise Skip("only root can have a root file system; run it as root")
        self.archive = archive(suite, ("debian-archive-keyring", *packages))
        self.binds = dict(binds)
        self.top = None

    def __enter__(self):
        self.top = Path(tempfile.mkdtemp(prefix="native-", dir=cache.root()))
        self.top.chmod(0o755)
        try:
            output(["tar", "-C", self.top, "-xpf", self.archive, "--exclude=./dev/*"])
            (self.top / "etc/dpkg/dpkg.cfg.d/unsafe-io").write_text("force-unsafe-io\n")
            shutil.copy2("/etc/resolv.conf", self.top / "etc/resolv.conf")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.top)

    def path(self, name):
        return self.top / name.lstrip("/")

    def files(self, *places):
        """All paths below these directories."""
        return {f"/{path.relative_to(self.top)}" for place in places for path in self.path(place).rglob("*")}

    def try_sh(self, command, **environment):
        """(status, what a command prints) in the installation."""
        binds = [str(path) for pair in self.binds.items() for path in pair]
        done = subprocess.run(ending_with_us(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-ec", ENTER, "enter", self.top, *binds, "--",
             "env", "-i", *(f"{name}={value}" for name, value in {**ENVIRONMENT, **environment}.items()),
             "sh", "-ec", command]),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
            check=False)
        return done.returncode, done.stdout

    def sh(self, command, **environment):
        """What a command prints that is to succeed."""
        status, text = self.try_sh(command, **environment)
        if status:
            raise Failed(f"{command}: exit status {status}\n{text[-4000:]}")
        return text
