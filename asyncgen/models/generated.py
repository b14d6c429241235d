"""Carriers → Python types, by datamodel-code-generator."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from asyncgen.models.types import Type


def python_types(types: Mapping[str, Type]) -> ast.Module:
    """What datamodel-code-generator makes of the carriers."""
    import datamodel_code_generator as dcg
    from datamodel_code_generator.enums import DataModelType

    source = dcg.generate(
        {"definitions": {token: compiled.carrier for token, compiled in types.items()}},
        input_file_type=dcg.InputFileType.JsonSchema,
        output_model_type=DataModelType.PydanticV2BaseModel,
        target_python_version=dcg.PythonVersion.PY_311,
        enum_field_as_literal=dcg.LiteralType.All,
        use_annotated=True,
        use_type_alias=True,
        skip_root_model=True,
        disable_timestamp=True,
        formatters=[],
    )
    return ast.parse(str(source))
