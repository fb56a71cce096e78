"""`python -m core`: what there is."""

import sys
from collections.abc import Mapping
from typing import Any

import core

USAGE = "usage: python -m core"
if sys.argv[1:] not in ([], ["-h"], ["--help"]):
    sys.exit(f"{USAGE}; got {' '.join(sys.argv[1:])}")

print(f"Descent Lab {core.__version__}: {core.__doc__}")
TABLES: Mapping[str, Mapping[str, Any]] = {
    "Optimizers": core.OPTIMIZERS,
    "Schedules": core.SCHEDULES,
    "Modifiers": core.MODIFIERS,
    "Rules of stopping": core.STOPS,
    "Surfaces": core.SURFACES,
    "Layers": core.LAYERS,
    "Initial weights": core.INITIALIZATIONS,
    "Data sets": core.DATASETS,
}
for title, records in TABLES.items():
    print(f"\n{title}:")
    for key, record in records.items():
        name = record.name if isinstance(record.name, str) else record.name.en
        print(f"  {key:20}{name}")
print("\nfrom core import descend; help(descend) tells how to run one of them.")
print("from core import train; help(train) tells how they train a network.")
print("`python -m core.engine` compiles ahead what every plain run needs.")
