# SPDX-License-Identifier: GPL-2.0-or-later
"""The bench's arithmetic: median, spread, exponent, and the table.

Broken if it fails: the bench prints figures that are not what it measured.
"""

import json
from xml.dom import minidom

from lib import figures

kernels = ()


def test(_):
    fig = figures.figure("x", "instructions", [100, 104, 102], [200, 210, 204])
    assert (fig.value, fig.peer, fig.ratio) == (102, 204, 0.5), fig
    assert abs(fig.spread - 10 / 204) < 1e-9, fig
    assert figures.figure("x", "bytes", [0, 0]).ratio is None
    assert figures.spread([0, 0]) == 0 and figures.spread([0, 0, 5]) == 1

    assert abs(figures.exponent({10: 50, 100: 500, 1000: 5000}) - 1) < 1e-9
    assert abs(figures.exponent({10: 3, 100: 300}) - 2) < 1e-9
    # it is the steep end that counts
    assert abs(figures.exponent({10: 1000, 100: 1000, 1000: 100000}) - 2) < 1e-9

    assert figures.table([fig, figures.figure("long.name", "bytes", [12345.0])]).splitlines() == [
        "FIGURE      VALUE  UNIT          PEER  RATIO  SPREAD",
        "x             102  instructions   204  0.500  4.90 %",
        "long.name  12,345  bytes            -      -  0.00 %",
    ]
    assert json.loads(figures.as_json([fig])) == [
        {"name": "x", "value": 102, "unit": "instructions", "peer": 204, "ratio": 0.5, "spread": 0.049}]

    steady, noisy = (figures.figure(name, "bytes", values) for name, values in (("s", [100, 101, 100]), ("n", [9, 5, 7])))
    assert figures.against(figures.as_json([steady, noisy]), [steady, noisy, fig]) == [
        "2 of 2 figures are within 2 % of the last run's"]
    assert figures.against('[{"name": "s", "value": 97}, {"name": "n", "value": 7.1}]', [steady, noisy]) == [
        "1 of 2 figures are within 2 % of the last run's", "s was 97: something has changed"]
    assert figures.against('[{"name": "s", "value": 98.1}, {"name": "n", "value": 9}]', [steady, noisy])[1:] == [
        "n was 9: it spreads by 57 % within a run"]

    for picture in (figures.bars("a & b", "bytes", [("one", {"p": 1, "q": 2}), ("two", {"p": 3})]),
                    figures.curves("growth", "nodes", "instructions", {"ours": {10: 5, 1000: 70}, "<peer>": {10: 9}})):
        assert minidom.parseString(picture).documentElement.tagName == "svg"
