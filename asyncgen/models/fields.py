"""Names that do not clash with others: those of fields, and of types that want the same one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from keyword import iskeyword

from asyncgen import naming
from asyncgen.naming import words

# A field of one of these names would hide a method of pydantic's, or a type that annotations use.
FIELD_NAMES = naming.MODEL_NAMES | words(
    "bool bytes construct copy dict float from_orm int json list parse_file parse_obj parse_raw"
    " model_computed_fields model_config model_construct model_copy model_dump model_dump_json"
    " model_extra model_fields model_fields_set model_json_schema model_parametrized_name"
    " model_post_init model_rebuild model_validate model_validate_json model_validate_strings"
    " schema schema_json self str update_forward_refs validate"
)

# pydantic warns of fields with these prefixes.
_FIELD_PREFIXES = ("_", "model_dump", "model_validate")


def unlike(wanted: str, taken: Collection[str]) -> str:
    """The name, with a number where it is taken."""
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}_{number}", number + 1
    return name


def field_names(keys: Collection[str], reserved: Collection[str]) -> dict[str, str]:
    """A field name for each key: the key itself where it can be one."""
    names = {key: key for key in keys if _can_be_field(key, reserved)}
    for key in keys:
        if key not in names:
            names[key] = unlike(_field_name(key, reserved), names.values())
    return names


def _field_name(key: str, reserved: Collection[str]) -> str:
    """A field name for a key that cannot be one: never what another key is likely to be.

    `class` → `class_`, `_id` → `id_`, `user-name` → `user_name`, `1st` → `field_1st`.
    """
    name = _identifier(key) or "field"
    if not name.isidentifier() or name.startswith(_FIELD_PREFIXES):
        return "field_" + name
    return name if _can_be_field(name, reserved) and name not in key else name + "_"


def _identifier(key: str) -> str:
    normal = unicodedata.normalize("NFKC", key)
    characters = (it if ("a" + it).isidentifier() else "_" for it in normal)
    return re.sub("__+", "_", "".join(characters)).strip("_")


def _can_be_field(name: str, reserved: Collection[str]) -> bool:
    return (
        name.isidentifier()
        and name == unicodedata.normalize("NFKC", name)
        and not iskeyword(name)
        and not name.startswith(_FIELD_PREFIXES)
        and name not in reserved
    )
