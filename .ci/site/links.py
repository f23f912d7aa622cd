"""Links of docs/ that lead out of it, to files of the sources, become links to the repository; mkdocs checks the others."""

import posixpath
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"(\]\()(?!#|[a-z]+:)([^)\s#]+)(#[^)\s]*)?(\))")


def on_page_markdown(markdown, *, page, config, files):
    folder = posixpath.dirname(posixpath.join("docs", page.file.src_uri))

    def target(link):
        path = posixpath.normpath(posixpath.join(folder, link[2]))
        if path.startswith("docs/") and not (ROOT / path).is_dir():
            return link[0]
        if not (ROOT / path).exists():
            raise SystemExit(f"{page.file.src_uri}: there is no {link[2]}")
        kind = "tree" if (ROOT / path).is_dir() else "blob"
        return f"{link[1]}{config.repo_url}/{kind}/main/{path}{link[3] or ''}{link[4]}"

    return LINK.sub(target, markdown)
