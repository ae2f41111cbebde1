"""Reading YAML files, quickly, and saying in one line what is wrong with one."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

# libyaml's parser, where PyYAML was built with it, is some ten times as fast
_FAST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlFileError(Exception):
    """The file cannot be read. The message is one line and names the file."""


class _Loader(_FAST):  # type: ignore[misc]  # whichever there is
    """Refuses to read a key twice, and leaves instants the texts they are."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        if len(mapping) < len(node.value):
            seen: set[str] = set()
            for key, _ in node.value:
                if key.value in seen:
                    problem = f"the key {key.value!r} is there twice"
                    raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
                seen.add(key.value)
        return mapping


_INSTANT = "tag:yaml.org,2002:timestamp"
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != _INSTANT]
    for first, resolvers in _FAST.yaml_implicit_resolvers.items()
}


def read_yaml(path: Path) -> Any:
    """Read the one document in ``path``. Raises YamlFileError."""
    try:
        return yaml.load(path.read_bytes(), Loader=_Loader)  # noqa: S506 - a safe loader
    except OSError as error:
        raise YamlFileError(f"{path}: {error.strerror}") from error
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise YamlFileError(f"{path}: {line}{error.problem}") from error
    except yaml.YAMLError as error:
        raise YamlFileError(f"{path}: {' '.join(str(error).split())}") from error
