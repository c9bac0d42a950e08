#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Link this folder into an unpacked QEMU source tree; may be run again at any time.
#
# Usage: link.sh <qemu-source-dir>
#
# hw/misc/lan966x becomes a symlink to this folder, and the lines that make it
# part of the build are added: Kconfig, meson.build, the list of trace-events.
# Debian's "+ds" source ships without the edk2 images although its meson.build
# wants to unpack them: unpack only what is there.

set -eu

usage() {
	echo "usage: ${0##*/} <qemu-source-dir>" >&2
	exit 1
}

[ $# -eq 1 ] || usage
src=$1
here=$(cd "$(dirname "$0")" && pwd)
[ -f "$src/hw/misc/Kconfig" ] || {
	echo "${0##*/}: $src: not a QEMU source tree (no hw/misc/Kconfig)" >&2
	exit 1
}

# append <file> <line>: add the line at the end unless it is there
append() {
	grep -qxF -e "$2" "$1" || printf '%s\n' "$2" >>"$1"
}

# edit <file> <line to expect after the edit> <sed script>: edit once
edit() {
	grep -qF -e "$2" "$1" && return
	sed -i -e "$3" "$1"
	grep -qF -e "$2" "$1" || {
		echo "${0##*/}: $1: found no place for: $2" >&2
		exit 1
	}
}

ln -sfn "$here" "$src/hw/misc/lan966x"
append "$src/hw/misc/Kconfig" "source lan966x/Kconfig"
append "$src/hw/misc/meson.build" "subdir('lan966x')"
edit "$src/meson.build" "'hw/misc/lan966x'," \
	"s|^\\( *\\)'hw/misc/macio',|&\\n\\1'hw/misc/lan966x',|"
edit "$src/meson.build" "edk2-x86_64-code.fd.bz2" \
	"s|^\\( *unpack_edk2_blobs = \\)bzip2.found()\$|\\1bzip2.found() and import('fs').exists('pc-bios/edk2-x86_64-code.fd.bz2')|"
