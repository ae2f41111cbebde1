"""Reading YAML files, quickly, and saying in one line what is wrong with one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

# libyaml's parser, where PyYAML was built with it, is some ten times as fast
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlFileError(Exception):
    """The file cannot be read. The message is one line and names the file."""


def read_yaml(path: Path) -> Any:
    """Read the one document in ``path``. Raises YamlFileError."""
    try:
        return yaml.load(path.read_bytes(), Loader=_LOADER)  # noqa: S506 - a safe loader
    except OSError as error:
        raise YamlFileError(f"{path}: {error.strerror}") from error
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise YamlFileError(f"{path}: {line}{error.problem}") from error
    except yaml.YAMLError as error:
        raise YamlFileError(f"{path}: {' '.join(str(error).split())}") from error
