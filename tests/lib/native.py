# SPDX-License-Identifier: GPL-2.0-or-later
"""A Debian installation in a directory: what a user has before he begins.

Its programs run by chroot, in mount and process name spaces of their own, so that nothing stays mounted or running. Those of
another architecture run by QEMU's emulation of a processor, about ten times slower, on the kernel of this machine; a user
name space of their own has the kernel know of that for them alone. Packages are unpacked by this machine's own program.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import cache, fetch, host
from .say import Failed, ending_with_us, output, say
from .vm import Skip

HOST_PACKAGES = {"mmdebstrap": "/usr/bin/mmdebstrap"}
FOREIGN_PACKAGES = {"qemu-user-static": "/usr/bin/qemu-aarch64-static"}
# by architecture, the line that makes the kernel start its programs by that emulator: what their first bytes are. "F" has
# the emulator opened at once, as the installation has none.
EMULATORS = {
    "arm64": r":arm64:M::\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00:"
             r"\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:/usr/bin/qemu-aarch64-static:F",
}
ALL_IDS = "0 0 4294967295"
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8",
               "DEBIAN_FRONTEND": "noninteractive"}
ENTER = """
top=$1
mount -t proc proc "$top/proc"
mount --rbind /dev "$top/dev"
shift
while [ "$1" != -- ]; do
    [ -e "$top$2" ] || mkdir -p "$top$2"
    mount --rbind "$1" "$top$2"
    shift 2
done
shift
exec chroot "$top" "$@"
"""
# It says that its user name space is there, and gets its identity in it before it goes on: with that, what it is now ends with
# us; a change of identity takes that back.
MAPPED = """
echo here
read -r _
exec setpriv --pdeathsig KILL "$@"
"""
EMULATED = """
mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
printf %s "$1" >/proc/sys/fs/binfmt_misc/register
shift
exec "$@"
"""
# What unpacks a package, and what it is linked with, which no other architecture has in these places.
UNPACKER = {path: path for path in ("/usr/bin/dpkg-deb", "/lib64", "/usr/lib/x86_64-linux-gnu")}
# There are no device files in a user name space but those that are bound into it.
EMULATED_MMDEBSTRAP = ("--skip=output/mknod,check/qemu",)


def isolated(command, architecture=None, **options):
    """(status, output) of a command in name spaces of its own, in which programs of that architecture run, too."""
    unshare = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
    options.update(text=True, errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if not architecture:
        done = subprocess.run(ending_with_us([*unshare, *command]), stdin=subprocess.DEVNULL, check=False, **options)
        return done.returncode, done.stdout
    host.install_packages(FOREIGN_PACKAGES)
    with subprocess.Popen(["unshare", "--user", "sh", "-ec", MAPPED, "mapped", *unshare, "sh", "-ec", EMULATED, "emulated",
                           EMULATORS[architecture], *command], stdin=subprocess.PIPE, **options) as process:
        first = process.stdout.readline()
        if first != "here\n":
            raise Failed(f"this machine gives no user name space: {first}{process.communicate()[0]}")
        for name in ("uid_map", "gid_map"):
            Path(f"/proc/{process.pid}/{name}").write_text(ALL_IDS)
        text, _ = process.communicate("\n")
        return process.returncode, text


def archive(suite, packages, architecture=None):
    """A tar archive of an installation: what no Debian is without, and these packages."""
    host.install_packages(HOST_PACKAGES)
    name = f"native-{suite}" + (f"-{architecture}" if architecture else "")
    foreign = [f"--architectures={architecture}", *EMULATED_MMDEBSTRAP] if architecture else []

    def make(work):
        mirror = fetch.mirror()
        sources = [f"deb [signed-by={fetch.KEYRING}] {mirror}/debian {name} main"
                   for name in (suite, f"{suite}-backports")]
        say(f"making a Debian {suite}{f' for {architecture}' if architecture else ''} ...")
        status, text = isolated(["mmdebstrap", "--mode=root", "--variant=minbase", "--dpkgopt=force-unsafe-io", *foreign,
                                 f"--include={','.join(packages)}", suite, work / "root.tar", *sources], architecture,
                                env=dict(os.environ, TMPDIR=str(work)))
        if status:
            raise Failed(f"mmdebstrap cannot make a Debian {suite}:\n{text[-4000:]}")

    return cache.artefact(name, cache.key(suite, *packages), make) / "root.tar"


class Root:
    """An installation that is there as long as `with`; binds are directories of this machine, {here: there}.

    What the commands that prepare it have done is kept for the next time.
    """

    def __init__(self, suite, packages, binds=(), architecture=None, prepare=()):
        if os.geteuid():
            raise Skip("only root can have a root file system; run it as root")
        self.architecture = architecture
        self.archive = archive(suite, ("debian-archive-keyring", *packages), architecture)
        self.binds = {**dict(binds), **(UNPACKER if architecture else {})}
        self.top = None
        if prepare:
            self.archive = self.prepared(prepare)

    def prepared(self, commands):
        """An archive of the installation in which these commands were typed, one after the other."""
        kind, _, base = self.archive.parent.name.rpartition("-")

        def make(work):
            with self:
                for command in commands:
                    say(f"in that Debian: {command}")
                    self.sh(command)
                output(["tar", "-C", self.top, "-cpf", work / "root.tar", "."])

        return cache.artefact(f"{kind}-prepared", cache.key(base, *commands), make) / "root.tar"

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
        return isolated(["sh", "-ec", ENTER, "enter", self.top, *binds, "--",
                         "env", "-i", *(f"{name}={value}" for name, value in {**ENVIRONMENT, **environment}.items()),
                         "sh", "-ec", command], self.architecture)

    def sh(self, command, **environment):
        """What a command prints that is to succeed."""
        status, text = self.try_sh(command, **environment)
        if status:
            raise Failed(f"{command}: exit status {status}\n{text[-4000:]}")
        return text
