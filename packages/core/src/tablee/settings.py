"""Settings of a process. They are read once from the environment, validated, and passed to the code that needs them.

Every process has a subclass of `Settings`. Variables begin with `TABLEE_`; `__` separates the levels
(`TABLEE_MLFLOW__URL`). An unknown `TABLEE_` variable is an error, so that a misspelt name is noticed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError
from pydantic_settings.sources import EnvSettingsSource

from tablee.errors import InvalidSettings
from tablee.errors.causes import json_fault_at
from tablee.errors.unfit import expectation
from tablee.i18n.message import Message, joined

PREFIX = "TABLEE_"


def _normal(path: str) -> str:
    inner = path.strip("/")
    return f"/{inner}" if inner else ""


BasePath = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9/._~-]*$"), AfterValidator(_normal)]
"""A prefix of URL paths that begins with a slash and does not end with one; or an empty text."""


class Section(BaseModel):
    """A group of settings one level below. Unknown names are errors."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class LogSettings(Section):
    """Settings of logs."""

    format: Literal["console", "json"] = "console"
    """Format of log lines: `console` for people, `json` for log collectors."""
    level: Literal["debug", "info", "warning", "error"] = "info"
    """Lowest level that is logged."""


class MlflowSettings(Section):
    """Address of MLflow."""

    url: str = "http://127.0.0.1:5000"
    """URL of the MLflow server for tracking and registry."""
    timeout_seconds: int = 20
    """Time limit of one call in seconds. A failed call is repeated up to twice."""


class S3Settings(Section):
    """Address of an S3-compatible store, and access to it."""

    endpoint: str | None = None
    """URL of the store. If empty, `AWS_ENDPOINT_URL_S3`; if that is empty, the URL of AWS."""
    region: str | None = None
    """Region of the bucket. If empty, the one of the AWS variables; if they have none, us-east-1."""
    bucket: str = "tablee"
    """Bucket for the objects; it must exist."""
    access_key: SecretStr | None = None
    """Access key. If empty, the usual AWS sources are used (`AWS_ACCESS_KEY_ID`, a role, …)."""
    secret_key: SecretStr | None = None
    """Secret key that belongs to the access key."""
    timeout_seconds: float = Field(default=15, gt=0)
    """Longest time in seconds without data from the store during a call. A failed call is repeated once."""


class ObjectStoreSettings(Section):
    """The object store: a directory or an S3 bucket. Set exactly one."""

    directory: Path | None = None
    """Directory in which objects are stored as files."""
    s3: S3Settings | None = None
    """S3 bucket in which objects are stored."""


class Settings(BaseSettings):
    """Settings of every process."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        use_attribute_docstrings=True,
    )

    log: LogSettings = LogSettings()
    mlflow: MlflowSettings = MlflowSettings()
    objects: ObjectStoreSettings = ObjectStoreSettings()
    key: SecretStr | None = None
    """Access key. If set, all routes except health and metrics require it (`Authorization: Bearer KEY`). Metrics
    require it, too, if they are requested through the base path, that is from outside."""
    base_path: BasePath = ""
    """Path prefix under which a proxy publishes this service, such as `/tablee/api`. The proxy does not remove it.
    Requests without the prefix are answered, too."""

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read the settings from an environment, by default that of this process.

        :raises InvalidSettings: a variable is unknown, or its value is not valid. The message names each such variable.
        """
        variables = os.environ if environment is None else environment
        unknown = sorted(name for name in variables if name.startswith(PREFIX) and not cls._knows(name))
        if unknown:
            raise InvalidSettings("unknown_variables", names=", ".join(unknown), settings=cls.__name__)
        try:
            return cls(**_Environment(cls, variables)())
        except SettingsError as error:  # the value of a variable should be JSON and is not
            field = re.findall(r'field "(\w+)"', str(error))[:1]
            why = json_fault_at(error.__cause__ or error)
            raise InvalidSettings("no_json", variable=variable_name(tuple(field)), why=why) from None
        except ValidationError as error:
            wrong = [_fault(fault) for fault in error.errors(include_url=False)]
            raise InvalidSettings("wrong_values", faults=joined(wrong, "part.semicolon")) from None

    @classmethod
    def _knows(cls, variable: str) -> bool:
        first = variable.removeprefix(PREFIX).lower().split("__")[0]
        return first in cls.model_fields

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, *_: Any, **__: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)  # only `read` reads the environment


class _Environment(EnvSettingsSource):
    """Reads nested variables as pydantic-settings does, but from a mapping in the place of `os.environ`."""

    def __init__(self, settings_cls: type[BaseSettings], variables: Mapping[str, str]) -> None:
        self._variables = variables
        super().__init__(settings_cls)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {name.lower(): value for name, value in self._variables.items() if value}


def _fault(fault: Mapping[str, Any]) -> Message:
    """What is wrong with a variable. Its value is not shown, because it may be a secret."""
    if not fault["loc"]:
        return Message("setting_fault.all", {"expected": expectation(fault)})
    variable = variable_name(fault["loc"])
    if fault["type"] == "missing":
        return Message("setting_fault.missing", {"variable": variable})
    if fault["type"] == "extra_forbidden":
        return Message("setting_fault.unknown", {"variable": variable})
    return Message("setting_fault.value", {"variable": variable, "expected": expectation(fault)})


def variable_name(path: tuple[int | str, ...]) -> str:
    """The environment variable of a settings field.

    :param path: names of the fields from the top down.
    """
    return PREFIX + "__".join(str(part) for part in path).upper()
