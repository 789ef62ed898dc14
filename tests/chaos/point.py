# SPDX-License-Identifier: EUPL-1.2
"""Where a node of a test's world finds its broker."""


def point(world, node, port):
    """Makes the broker's address of NODE the loopback's PORT."""
    path = f"{world}/{node}/brokers/voorbeeldstad/broker.conf"
    with open(path, encoding="ascii") as f:
        lines = [l for l in f if not l.startswith("endpoint")]
    with open(path, "w", encoding="ascii") as f:
        f.write(f"endpoint = tcp://127.0.0.1:{port}\n" + "".join(lines))
