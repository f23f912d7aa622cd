import zipfile
from pathlib import Path

import hatchling.build
import pytest

PACKAGE = Path(__file__).resolve().parents[2]


def test_the_wheel_has_the_types_and_the_licence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PACKAGE)
    wheel = tmp_path / hatchling.build.build_wheel(str(tmp_path))
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (metadata,) = (archive.read(name).decode() for name in names if name.endswith("/METADATA"))
    modules = {f"tidegate/{path.name}" for path in (PACKAGE / "src/tidegate").glob("*.py")}
    assert modules | {"tidegate/py.typed"} == {name for name in names if name.startswith("tidegate/")}
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    for line in ("Name: tidegate-client", "Requires-Python: >=3.10", "License-Expression: Apache-2.0"):
        assert line in metadata
