# SPDX-License-Identifier: GPL-2.0-or-later
"""Flattened device trees: read, changed, written. Of the format version 17, without memory reservations."""

import struct

BEGIN, END, PROP, NOP, LAST = 1, 2, 3, 4, 9


class Node:
    """A node: its properties {name: bytes} and children {name: Node}, both in their order."""

    def __init__(self, properties=None, children=None):
        self.properties = properties or {}
        self.children = children or {}


def parse(blob):
    """The root node of a blob that dtc wrote."""
    at, strings = struct.unpack_from(">II", blob, 8)

    def text(offset):
        return blob[offset:blob.index(b"\0", offset)].decode()

    stack = [Node()]
    while True:
        [token] = struct.unpack_from(">I", blob, at)
        at += 4
        if token == BEGIN:
            name = text(at)
            at += len(name) // 4 * 4 + 4
            stack.append(stack[-1].children.setdefault(name, Node()))
        elif token == END:
            stack.pop()
        elif token == PROP:
            size, name = struct.unpack_from(">II", blob, at)
            stack[-1].properties[text(strings + name)] = blob[at + 8:at + 8 + size]
            at += 8 + (size + 3) // 4 * 4
        elif token == LAST:
            return stack[0].children[""]


def padded(data):
    return data + bytes(-len(data) % 4)


def write(root):
    """The blob of a root node."""
    strings, offsets, out = bytearray(), {}, []

    def emit(name, node):
        out.append(struct.pack(">I", BEGIN) + padded(name.encode() + b"\0"))
        for prop, value in node.properties.items():
            if prop not in offsets:
                offsets[prop] = len(strings)
                strings.extend(prop.encode() + b"\0")
            out.append(struct.pack(">III", PROP, len(value), offsets[prop]) + padded(value))
        for child, below in node.children.items():
            emit(child, below)
        out.append(struct.pack(">I", END))

    emit("", root)
    body = b"".join(out) + struct.pack(">I", LAST)
    at = 56
    return struct.pack(">10I", 0xd00dfeed, at + len(body) + len(strings), at, at + len(body), 40, 17, 16, 0,
                       len(strings), len(body)) + bytes(16) + body + bytes(strings)


def wrapped(blob):
    """An overlay that adds what is below the root of a tree that was compiled as a plugin."""
    root = parse(blob)
    lists = {name: root.children.pop(name) for name in ("__symbols__", "__fixups__", "__local_fixups__")
             if name in root.children}
    children = {"fragment@0": Node({"target-path": b"\0"}, {"__overlay__": Node(children=root.children)})}
    if "__local_fixups__" in lists:
        inside = Node(children=lists["__local_fixups__"].children)
        children["__local_fixups__"] = Node(children={"fragment@0": Node(children={"__overlay__": inside})})
    return write(Node(children=children))
