"""No sentence slips by: every text in the code that makes words has a family, and the oracle knows nothing of the code."""

import ast
from pathlib import Path

from tests.truth.families import MODULES
from tests.truth.labels import LABELS, WHOLE_MODULES
from tests.truth.registry import FAMILIES
from tests.truth.templates import fixed_words

ROOT = Path(__file__).parents[2] / "relutui"
WINGS = ("explain", "readout")  # which make words
ORACLE = ("oracle.py", "reach.py", "best_lines.py", "verdicts.py", "templates.py", "registry.py")  # and the families


def texts_of(path: Path) -> set[str]:
    """The parts of sentences in a module: constant texts of two words and more that are no docstrings."""
    tree = ast.parse(path.read_text())
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
    return {
        node.value.strip()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped and _is_words(node.value)
    }


def _is_words(text: str) -> bool:
    return len([word for word in text.split() if any(letter.isalpha() for letter in word)]) >= 2


def test_the_oracle_knows_nothing_of_relutui() -> None:
    folder = Path(__file__).parent
    for path in (*map(folder.joinpath, ORACLE), *(folder / "families").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert not [name for name in names if name.startswith("relutui")], path


def test_every_text_in_the_code_belongs_to_a_family() -> None:
    """A sentence that is added to the program needs a family with a check, or a reason in labels.py to have none."""
    assert MODULES
    known = "\n".join(fixed_words(template) for family in FAMILIES.values() for template in family.templates)
    for wing in WINGS:
        for path in sorted((ROOT / wing).glob("*.py")):
            module = f"{wing}/{path.name}"
            unknown = {text for text in texts_of(path) if text not in known} if module not in WHOLE_MODULES else set()
            assert unknown == {text for text in LABELS.get(module, ()) if text not in known}, module
