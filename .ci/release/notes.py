"""notes.py VERSION CHANGELOG: what the changelog says of this version, or of what is unreleased while there is no such part."""

import re
import sys


def part(text: str, name: str) -> str | None:
    found = re.search(rf"^## \[{re.escape(name)}\][^\n]*\n(.*?)(?=^## \[|\Z)", text, re.DOTALL | re.MULTILINE)
    return found and found[1].strip()


version, file = sys.argv[1:]
with open(file, encoding="utf-8") as changelog:
    text = changelog.read()
notes = part(text, version) or part(text, "Unreleased")
if not notes:
    sys.exit(f"notes.py: {file} has neither a part [{version}] nor [Unreleased]")
print(f"# Tidegate {version}\n\n{notes}")
