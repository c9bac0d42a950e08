# SPDX-License-Identifier: GPL-2.0-or-later
"""The RPM spec makes three packages that have what those for Debian have, but for what is Debian's own.

Broken if it fails: a file was added to the packages for Debian only, or rpmbuild does not get through.
"""

import re
import subprocess
import tempfile
from pathlib import Path

from lib import cache, host, packages
from lib.say import output

kernels = ()
NAMES = ("dtslot", "dtslot-dkms", "dtslot-soc-dkms")
DEBIANS_OWN = re.compile(r"usr/share/(bug|doc|licenses)/|usr/lib/\.build-id/")


def names(listing):
    """Of a list of paths, those that are files, whatever packs a manual."""
    return {path.lstrip("./").removesuffix(".gz") for path in listing} - {""}


def rpms(directory):
    """{name: package}, made of a tar archive of the source."""
    source = directory / "dtslot-0.1"
    source.mkdir()
    packages.copy_sources(source)
    output(["tar", "-C", directory, "-czf", directory / "dtslot-0.1.tar.gz", source.name])
    # what it is built with is named as other distributions name it
    done = subprocess.run(["rpmbuild", "-tb", "--nodeps", "--quiet", "--define", f"_topdir {directory}/rpm",
                           directory / "dtslot-0.1.tar.gz"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return {re.match(r"(.*)-0\.1-1\.", path.name)[1]: path for path in directory.glob("rpm/RPMS/*/*.rpm")}


def test(_):
    host.install_packages({"rpm": "/usr/bin/rpmbuild"})
    architecture = output(["dpkg", "--print-architecture"]).strip()
    debs = {path.name.split("_")[0]: path for path in packages.build(architecture).glob("*.deb")}
    with tempfile.TemporaryDirectory(prefix="dtslot-rpm-", dir=cache.root()) as directory:
        built = rpms(Path(directory))
        assert set(NAMES) <= set(built), built
        for name in NAMES:
            listed = output(["dpkg-deb", "-c", debs[name]]).splitlines()
            wanted = {path for path in names(line.split()[5] for line in listed if not line.startswith("d"))
                      if not DEBIANS_OWN.match(path)}
            listed = output(["rpm", "-qp", "--qf", "[%{FILEMODES:perms} %{FILENAMES}\n]", built[name]]).splitlines()
            found = {path for path in names(line.split()[1] for line in listed if not line.startswith("d"))
                     if not DEBIANS_OWN.match(path)}
            assert found == wanted, (name, found ^ wanted)
