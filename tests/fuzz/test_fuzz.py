"""Schemas over all keywords, served by emitted projects, and an independent validator (S26).

`nox -s fuzz` takes 10,000 pairs of a schema and an instance; here are a few of them.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from random import Random

import pytest

from tests.conformance.support import serving
from tests.fuzz import oracle
from tests.fuzz.sampling import Sampler

SEED = 5
PAIRS = int(os.environ.get("ASYNCGEN_FUZZ_PAIRS", "500"))
# Schemas in a project, and instances of each.
SCHEMAS, INSTANCES = 50, 10


@pytest.mark.parametrize("batch", range(max(1, PAIRS // (SCHEMAS * INSTANCES))))
def test_S26_server_says_what_an_independent_validator_says(tmp_path: Path, batch: int) -> None:
    sampler = Sampler(Random(SEED * 1000 + batch))
    schemas = [sampler.schema() for _ in range(SCHEMAS)]
    seen = set()
    with serving(tmp_path, schemas) as verdicts:
        for index, schema in enumerate(schemas):
            for _ in range(INSTANCES):
                instance = sampler.instance(schema)
                expected = oracle.is_valid(schema, instance)
                # A model that refuses or changes a valid instance fails in here.
                problem = verdicts.problem(index, instance)
                assert (problem is None) == expected, (json.dumps([schema, instance]), problem)
                seen.add(expected)
    assert seen == {True, False}
