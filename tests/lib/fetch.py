# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian packages as sources: fetched by apt, through a configuration of our own.

The machine's own package sources stay as they are. apt verifies what it fetches.
"""

import functools
import os
import re
import subprocess
import tempfile
from pathlib import Path

from . import cache
from .say import Failed, output, run, say

SUITES = (
    ("debian", "bookworm"),
    ("debian", "bookworm-backports"),
    ("debian-security", "bookworm-security"),
    ("debian", "trixie"),
    ("debian", "trixie-backports"),
    ("debian-security", "trixie-security"),
)
ARCHITECTURES = {"trixie": "amd64,arm64", "trixie-backports": "amd64,arm64"}     # of the others amd64 only
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"

# Versions this project has been tested with. Others of the series will do.
KNOWN = {
    "linux-source-7.3": "7.3.4-1~bpo13+1",
    "linux-headers-7.3-arm64": "7.3.4+deb13",
    "linux-source-6.12": "6.12.117-1~deb12u1",
    "qemu": "1:10.0.13+ds-0+deb13u1",
    "iproute2": "6.15.0-1~bpo12+1",
    "meson": "1.7.0-1",
    "python3-pycotap": "1.3.1-2",
}


@functools.cache
def mirror():
    """The Debian mirror of the machine's own package sources, or what DTSLOT_MIRROR says."""
    if "DTSLOT_MIRROR" in os.environ:
        return os.environ["DTSLOT_MIRROR"]
    for uri in output(["apt-get", "indextargets", "--format", "$(REPO_URI)"]).split():
        if uri.rstrip("/").endswith("/debian"):
            return uri.rstrip("/").removesuffix("/debian")
    raise Failed("the machine's apt knows no Debian mirror; DTSLOT_MIRROR=<url> names one")


def apt_environment():
    """The environment for apt tools that makes them use our sources, lists and cache."""
    base = cache.directory("apt")
    for name in ("lists/partial", "archives/partial", "preferences.d", "sources.d"):
        (base / name).mkdir(parents=True, exist_ok=True)
    (base / "status").touch()
    (base / "sources.list").write_text("".join(
        f"{kind} [arch={ARCHITECTURES.get(suite, 'amd64')} signed-by={KEYRING}] {mirror()}/{archive} {suite} main\n"
        for archive, suite in SUITES for kind in ("deb", "deb-src")))
    (base / "apt.conf").write_text(
        f'Dir::Etc::SourceList "{base}/sources.list";\n'
        f'Dir::Etc::SourceParts "{base}/sources.d";\n'
        f'Dir::Etc::Preferences "/dev/null";\n'
        f'Dir::Etc::PreferencesParts "{base}/preferences.d";\n'
        f'Dir::State "{base}";\n'
        f'Dir::State::Lists "{base}/lists";\n'
        f'Dir::State::Status "{base}/status";\n'
        f'Dir::Cache "{base}";\n'
        f'Dir::Cache::Archives "{base}/archives";\n'
        'Acquire::Languages "none";\n'
        'APT::Architectures { "amd64"; "arm64"; };\n'
        'APT::Sandbox::User "root";\n')
    return dict(os.environ, APT_CONFIG=str(base / "apt.conf"), LC_ALL="C.UTF-8")


def update_lists():
    """Fetch the indices, once per process. What cannot be had (a suite may have moved) is done without."""
    if not update_lists.done:
        log = cache.directory("logs") / "apt-update.log"
        try:
            with cache.lock("indices"):
                run(["apt-get", "update"], "reading Debian's package indices", log, env=apt_environment())
        except Failed:
            say(f"not all of Debian's package indices can be read from {mirror()}, going on with the others ({log})")
        update_lists.done = True


update_lists.done = False


def compare_versions(one, other):
    """Order of two Debian versions: -1, 0 or 1."""
    def holds(operator):
        return not subprocess.run(["dpkg", "--compare-versions", one, operator, other], check=False).returncode

    return -1 if holds("lt") else int(holds("gt"))


def preferred(package, versions):
    """The known version first, then newest first."""
    newest_first = sorted(versions, key=functools.cmp_to_key(compare_versions), reverse=True)
    return sorted(newest_first, key=lambda version: version != KNOWN.get(package))


def candidates(package, series, column):
    """Versions of a series that the indices offer, in the order to try them."""
    update_lists()
    lines = output(["apt-cache", "madison", package], env=apt_environment()).splitlines()
    offered = set()
    for line in lines:
        name, version, index = (part.strip() for part in line.split("|"))
        upstream = version.split(":")[-1]
        if name == package and index.endswith(column) and upstream.startswith(series):
            offered.add(version)
    return preferred(package, offered)


def attempt(package, series, column, download):
    """Let download(version) try what the indices offer, until one can be had."""
    refused = []
    for version in candidates(package, series, column):
        known = KNOWN.get(package)
        remark = "" if known in (version, None) else f" (this project has been tested with {known})"
        say(f"fetching {package} {version}{remark}")
        try:
            return download(version)
        except Failed as error:
            refused.append(f"  {version}: {str(error).splitlines()[-1]}")
            say(f"{package} {version} cannot be had: {str(error).splitlines()[-1]}")
    if not refused:
        refused = [f"  the indices offer none, see {cache.directory('logs') / 'apt-update.log'}"]
    raise Failed(f"no version of {package} {series} can be fetched from {mirror()}"
                 f" (DTSLOT_MIRROR=<url> selects another mirror):\n" + "\n".join(refused))


def stored(package, series, suffix):
    """A file that was fetched before: of the known version, else of the newest."""
    files = {path.name.removesuffix(suffix).split("_")[1]: path
             for path in cache.directory("debs").glob(f"{package}_{series}*{suffix}")}
    # file names lack the version's epoch
    known = files.get(KNOWN.get(package, "").split(":")[-1])
    return known or next((files[version] for version in preferred(package, files)), None)


def fetched(package, series, column, suffix, command, architecture=None):
    """The file with this suffix that `command package=version` downloads, from the cache if it is there."""
    known = stored(package, series, suffix)
    qualified = f"{package}:{architecture}" if architecture else package
    if known:
        return known
    debs = cache.directory("debs")

    def download(version):
        with tempfile.TemporaryDirectory(dir=debs) as work:
            output([*command, f"{qualified}={version}"], env=apt_environment(), cwd=work)
            # the .dsc last: it says that the rest is there
            for path in sorted(Path(work).iterdir(), key=lambda path: path.suffix == suffix):
                path.rename(debs / re.sub(r"_\d+%3a", "_", path.name))
        return stored(package, series, suffix)

    with cache.lock("debs"):
        return stored(package, series, suffix) or attempt(qualified, series, column, download)


def binary(package, series, architecture=None):
    """The path of a .deb of this package, whose version starts with series; for another architecture than ours."""
    suffix = f"_{architecture}.deb" if architecture else ".deb"
    return fetched(package, series, "Packages", suffix, ["apt-get", "download"], architecture)


def kernel_abi(series, architecture):
    """What Debian has in the names of its kernel packages of a series, as 7.3.4+deb13: known or newest."""
    pattern = rf"linux-headers-({re.escape(series)}\.[0-9.]+\+deb\d+)-{architecture}"
    found = {match[1] for path in cache.directory("debs").iterdir() if (match := re.match(pattern + "_", path.name))}
    if not found:
        update_lists()
        names = output(["apt-cache", "pkgnames", f"linux-headers-{series}"], env=apt_environment()).split()
        found = {match[1] for name in names if (match := re.fullmatch(pattern, name))}
    if not found:
        raise Failed(f"{mirror()} has no Debian kernel {series} for {architecture}"
                     " (DTSLOT_MIRROR=<url> selects another mirror)")
    return preferred(f"linux-headers-{series}-{architecture}", found)[0]


def source(package, series):
    """The path of a .dsc of this package, with the files it lists beside it."""
    return fetched(package, series, "Sources", ".dsc", ["apt-get", "source", "--download-only", "--only-source"])


def debs_of_suite(suite, architecture, names, command):
    """A directory with what `apt-get command names` fetches of a suite that has this architecture; kept as it is."""
    base = cache.directory("apt")

    def build(work):
        update_lists()
        environment = apt_environment()
        (work / "partial").mkdir()
        (work / "sources.list").write_text(
            f"deb [arch={architecture} signed-by={KEYRING}] {mirror()}/debian {suite} main\n")
        (work / "apt.conf").write_text(
            (base / "apt.conf").read_text().replace(f"{base}/sources.list", f"{work}/sources.list")
            .replace('"amd64"; "arm64"', f'"{architecture}"') +
            f'APT::Architecture "{architecture}";\nDir::Cache::Archives "{work}";\n'
            'Dir::Cache::pkgcache "";\nDir::Cache::srcpkgcache "";\n')
        run(["apt-get", *command, "-q", "-y", *names], f"fetching packages of Debian {suite} for {architecture}",
            cache.directory("logs") / f"debs-{suite}-{architecture}.log",
            env=dict(environment, APT_CONFIG=str(work / "apt.conf")), cwd=work)

    return cache.artefact(f"debs-{architecture}", cache.key(suite, *command, *names), build)


def unpack_linux(series):
    """The unpacked kernel source of a series, and its package version."""
    deb = binary(f"linux-source-{series}", series)
    version = deb.name.split("_")[1]

    def build(work):
        log = cache.directory("logs") / f"unpack-linux-{series}.log"
        run(["sh", "-c", f"dpkg-deb --fsys-tarfile '{deb}' |"
             f" tar -xO ./usr/src/linux-source-{series}.tar.xz | tar -xJ --strip-components=1 -C '{work}'"],
            f"unpacking linux {version}", log)

    return cache.artefact(f"linux-source-{series}", cache.key(version), build), version


def unpack_qemu(series):
    """The unpacked QEMU source of a series, and its package version."""
    dsc = source("qemu", series)
    version = dsc.name.split("_")[1].removesuffix(".dsc")

    def build(work):
        log = cache.directory("logs") / "unpack-qemu.log"
        run(["dpkg-source", "--no-copy", "-x", dsc, work / "source"], f"unpacking qemu {version}", log)

    return cache.artefact("qemu-source", cache.key(version), build) / "source", version


def unpack_tool(package, series, architecture=None):
    """A Debian package's files, unpacked for use from where they are."""
    deb = binary(package, series, architecture)

    def build(work):
        output(["dpkg-deb", "-x", deb, work])

    return cache.artefact(f"tool-{package}", cache.key(deb.name), build)

