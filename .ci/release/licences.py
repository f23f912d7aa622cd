"""licences.py BOM: the libraries of a CycloneDX bill of materials and their licences, as a table in Markdown."""

import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    components = json.load(file)["components"]
print("# Libraries that are shipped with it\n\n| library | version | licence |\n|---|---|---|")
for one in sorted(components, key=lambda one: (one.get("group", ""), one["name"])):
    if one.get("group") == "io.tidegate":
        continue
    licences = [
        entry.get("expression") or entry["license"].get("id") or entry["license"]["name"] for entry in one.get("licenses", [])
    ]
    if not licences:
        sys.exit(f"licences.py: no licence of {one['purl']}")
    print(f"| {one.get('group', '')}:{one['name']} | {one['version']} | {' or '.join(licences)} |")
