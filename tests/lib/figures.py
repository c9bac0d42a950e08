# SPDX-License-Identifier: GPL-2.0-or-later
"""What the bench measured: figures with peer, ratio and spread, as table, JSON and pictures. Pure."""

import json
import math
import statistics
from dataclasses import asdict, dataclass
from xml.sax.saxutils import escape

COLOURS = ("#1f6f8b", "#d1603d", "#6b8e23", "#8a5a9e", "#c9a227", "#555555", "#9bb7c4", "#e3b7a0", "#404e7c")
TOLERANCE = 0.02        # what two runs on one machine may differ by


@dataclass
class Figure:
    """A measured value. Spread is (largest - smallest) / median over the repetitions, the peer's if that is larger."""
    name: str
    value: float
    unit: str
    peer: float | None
    ratio: float | None
    spread: float


def spread(values):
    middle = statistics.median(values)
    return (max(values) - min(values)) / abs(middle) if middle else float(max(values) != min(values))


def figure(name, unit, values, peer=()):
    """A figure from repetitions, ours and the peer's."""
    value = statistics.median(values)
    other = statistics.median(peer) if peer else None
    ratio = value / other if other else None
    return Figure(name, value, unit, other, ratio, max(spread(values), spread(peer) if peer else 0))


def exponent(points):
    """The steepest slope between neighbours of {x: y}, both as logarithms: y grows like x to the power of it."""
    places = sorted(points.items())
    return max(math.log(y2 / y1) / math.log(x2 / x1) for (x1, y1), (x2, y2) in zip(places, places[1:]))


def number(value):
    """Readable, with as many digits as mean something."""
    if value is None:
        return "-"
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def table(figures):
    rows = [("FIGURE", "VALUE", "UNIT", "PEER", "RATIO", "SPREAD")]
    rows += [(f.name, number(f.value), f.unit, number(f.peer), "-" if f.ratio is None else f"{f.ratio:.3f}",
              f"{100 * f.spread:.2f} %") for f in figures]
    widths = [max(map(len, column)) for column in zip(*rows)]
    right = (False, True, False, True, True, True)
    return "\n".join("  ".join(cell.rjust(width) if flush else cell.ljust(width)
                               for cell, width, flush in zip(row, widths, right)).rstrip() for row in rows) + "\n"


def as_json(figures):
    lines = [json.dumps({key: round(value, 4) if isinstance(value, float) else value
                         for key, value in asdict(f).items()}) for f in figures]
    return "[\n  " + ",\n  ".join(lines) + "\n]\n"


def against(before, now):
    """What an earlier run's JSON has otherwise, as lines: values that differ by more than TOLERANCE, and why."""
    old = {f["name"]: f["value"] for f in json.loads(before)}
    shared = [f for f in now if f.name in old]
    lines = []
    for f in shared:
        value = old[f.name]
        if abs(f.value - value) <= TOLERANCE * abs(value):
            continue
        why = f"it spreads by {100 * f.spread:.0f} % within a run" if f.spread > TOLERANCE else "something has changed"
        lines.append(f"{f.name} was {number(value)}: {why}")
    return [f"{len(shared) - len(lines)} of {len(shared)} figures are within {100 * TOLERANCE:.0f} % of the last run's",
            *lines]


# --- pictures ---

def svg(width, height, title, body):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif"'
            f' font-size="12">\n<rect width="{width}" height="{height}" fill="white"/>\n'
            f'<text x="{width / 2:.0f}" y="20" text-anchor="middle" font-size="14">{escape(title)}</text>\n'
            + "\n".join(body) + "\n</svg>\n")


def text(x, y, content, anchor="start"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(content)}</text>'


def line(x1, y1, x2, y2, colour="#dddddd"):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def bars(title, unit, rows):
    """Stacked bars, one for each (label, {part: value})."""
    left, right, top, step, width = 190, 80, 40, 34, 800
    longest = max(sum(parts.values()) for _, parts in rows)
    names = list(dict.fromkeys(name for _, parts in rows for name in parts))
    colours = {name: COLOURS[n % len(COLOURS)] for n, name in enumerate(names)}
    body = []
    for n, (label, parts) in enumerate(rows):
        x, y = left, top + n * step
        body.append(text(left - 8, y + 16, label, "end"))
        for name, value in parts.items():
            length = value / longest * (width - left - right)
            body.append(f'<rect x="{x:.1f}" y="{y}" width="{length:.1f}" height="22" fill="{colours[name]}">'
                        f"<title>{escape(name)}: {number(value)}</title></rect>")
            x += length
        body.append(text(x + 6, y + 16, number(sum(parts.values()))))
    x, y = left, top + len(rows) * step + 12
    for name in names:
        if x + 30 + 7 * len(name) > width:
            x, y = left, y + 20
        body += [f'<rect x="{x}" y="{y}" width="12" height="12" fill="{colours[name]}"/>', text(x + 17, y + 11, name)]
        x += 34 + 7 * len(name)
    return svg(width, y + 34, f"{title} ({unit})", body)


def curves(title, x_name, y_name, series):
    """Lines in a double logarithmic grid, one for each {name: {x: y}}."""
    left, right, top, bottom, width, height = 90, 220, 40, 60, 800, 420
    points = [point for line_ in series.values() for point in line_.items()]
    low_x, low_y = (math.floor(math.log10(min(column))) for column in zip(*points))
    high_x, high_y = (math.ceil(math.log10(max(column))) for column in zip(*points))

    def place(x, y):
        return (left + (math.log10(x) - low_x) / (high_x - low_x) * (width - left - right),
                height - bottom - (math.log10(y) - low_y) / (high_y - low_y) * (height - top - bottom))

    body = []
    for power in range(low_x, high_x + 1):
        x, y = place(10 ** power, 10 ** low_y)
        body += [line(x, y, x, top), text(x, y + 18, number(10 ** power), "middle")]
    for power in range(low_y, high_y + 1):
        x, y = place(10 ** low_x, 10 ** power)
        body += [line(x, y, width - right, y), text(x - 6, y + 4, f"1e{power}", "end")]
    for n, (name, values) in enumerate(series.items()):
        colour = COLOURS[n % len(COLOURS)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in sorted(values.items())))
        body += [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>',
                 line(width - right + 12, top + 20 * n, width - right + 32, top + 20 * n, colour),
                 text(width - right + 38, top + 20 * n + 4, name)]
    body += [text((left + width - right) / 2, height - 18, x_name, "middle"), text(left, top - 8, y_name)]
    return svg(width, height, title, body)
