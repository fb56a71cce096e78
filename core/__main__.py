"""`python -m core`: what there is."""

import sys

import core

USAGE = "usage: python -m core"
if sys.argv[1:] not in ([], ["-h"], ["--help"]):
    sys.exit(f"{USAGE}; got {' '.join(sys.argv[1:])}")

print(f"Descent Lab {core.__version__}: {core.__doc__}")
for title, records in (("Optimizers", core.OPTIMIZERS), ("Schedules", core.SCHEDULES), ("Surfaces", core.SURFACES)):
    print(f"\n{title}:")
    for key, record in records.items():
        name = record.name if isinstance(record.name, str) else record.name.en
        print(f"  {key:20}{name}")
print("\nfrom core import descend; help(descend) tells how to run one of them.")
print("`python -m core.engine` compiles ahead what every plain run needs.")
