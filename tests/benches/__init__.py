# SPDX-License-Identifier: GPL-2.0-or-later
"""The benches: tests/bench runs them, tests/lib/bench.py says how one looks."""
