"""Bytes in payloads, by the schemas of the runtime and by an independent validator (S24)."""

from __future__ import annotations

import importlib.util
import sys
from random import Random
from types import ModuleType

import pytest

from tests.fuzz import oracle
from tests.fuzz.sampling import Sampler
from tests.support import ROOT


@pytest.fixture(scope="module")
def schemas() -> ModuleType:
    path = ROOT / "templates/package/_generated/runtime/schemas.py"
    spec = importlib.util.spec_from_file_location("schemas_under_test", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_S24_bytes_are_accepted_where_an_independent_validator_accepts_them(
    schemas: ModuleType,
) -> None:
    sampler = Sampler(Random(24), binary=True)
    verdicts = set()
    for _ in range(400):
        schema = sampler.schema()
        validator = schemas.Schemas(schema).at("")
        for _ in range(10):
            instance = sampler.instance(schema)
            verdict = oracle.is_valid(schema, instance)
            assert validator.is_valid(instance) == verdict, (schema, instance)
            verdicts.add((verdict, has_bytes(instance)))
    assert len(verdicts) == 4


def has_bytes(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(has_bytes, value.values()))
    return isinstance(value, bytes) or (isinstance(value, list) and any(map(has_bytes, value)))
