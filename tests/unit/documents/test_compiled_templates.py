"""Templates that the build compiled are used as they are, as long as they are those of this very template."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, nodes

from relance.adapters.compiled_templates import CompiledTemplates


class ParsedError(AssertionError):
    """A template was parsed."""


class NeverParsing(Environment):
    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        raise ParsedError(name)


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    folder = tmp_path / "templates"
    (folder / "mail").mkdir(parents=True)
    (folder / "page.html").write_text("{% macro hi(name) %}Bonjour {{ name }}{% endmacro %}{{ hi(who) }}")
    (folder / "mail" / "page.html").write_text("Autre")
    return folder


def test_a_shipped_template_is_not_parsed(templates: Path, tmp_path: Path) -> None:
    assert _ship(templates, tmp_path) == 2
    ready = _environment(NeverParsing, templates, tmp_path)
    assert ready.get_template("page.html").render(who="Zoë") == "Bonjour Zoë"
    assert ready.get_template("mail/page.html").render() == "Autre"


def test_a_template_that_changed_since_is_compiled_anew(templates: Path, tmp_path: Path) -> None:
    _ship(templates, tmp_path)
    (templates / "page.html").write_text("Bonsoir {{ who }}")
    assert _environment(Environment, templates, tmp_path).get_template("page.html").render(who="Zoë") == "Bonsoir Zoë"
    with pytest.raises(ParsedError):
        _environment(NeverParsing, templates, tmp_path).get_template("page.html")


def test_what_is_shipped_does_not_say_where_it_was_built(templates: Path, tmp_path: Path) -> None:
    _ship(templates, tmp_path)
    shipped = [path.read_bytes() for path in (tmp_path / "compiled").iterdir()]
    assert len(shipped) == 2
    assert not any(str(tmp_path).encode() in code for code in shipped)


def test_without_a_build_templates_are_compiled_and_nothing_is_written(templates: Path, tmp_path: Path) -> None:
    assert _environment(Environment, templates, tmp_path).get_template("page.html").render(who="Zoë") == "Bonjour Zoë"
    assert not (tmp_path / "compiled").exists()


def _ship(templates: Path, tmp_path: Path) -> int:
    environment = _environment(Environment, templates, tmp_path)
    compiled = environment.bytecode_cache
    assert isinstance(compiled, CompiledTemplates)
    return compiled.ship(environment)


def _environment(kind: type[Environment], templates: Path, tmp_path: Path) -> Environment:
    compiled = CompiledTemplates(tmp_path / "compiled")
    return kind(loader=FileSystemLoader(templates), bytecode_cache=compiled, autoescape=True)
