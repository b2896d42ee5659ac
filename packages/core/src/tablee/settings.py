"""Settings of a process: read once from the environment, checked, then passed on.

Every process has one class below `Settings`. Variables begin with `TABLEE_`, `__` goes one level down
(`TABLEE_MLFLOW__URL`). An unknown `TABLEE_` variable is an error, so that a misspelt one cannot be ignored in silence.
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

PREFIX = "TABLEE_"


def _normal(path: str) -> str:
    inner = path.strip("/")
    return f"/{inner}" if inner else ""


BasePath = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9/._~-]*$"), AfterValidator(_normal)]
"""A path before all paths, with a slash before it and none after it; empty when there is none."""


class Section(BaseModel):
    """A group of settings, one level down; refuses names it does not know, as the whole does."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class LogSettings(Section):
    """How a process logs."""

    format: Literal["console", "json"] = "console"
    """`console` for people, `json` for log collectors."""
    level: Literal["debug", "info", "warning", "error"] = "info"
    """The least level written."""


class MlflowSettings(Section):
    """Where MLflow is."""

    url: str = "http://127.0.0.1:5000"
    """Tracking and registry server."""
    timeout_seconds: int = 20
    """Limit of one call; calls are tried twice more."""


class S3Settings(Section):
    """Where an S3-compatible store is."""

    endpoint: str | None = None
    """URL of the store; when empty, `AWS_ENDPOINT_URL_S3`, else AWS's own."""
    region: str | None = None
    """Region of the bucket; when empty, the one of the AWS variables, else us-east-1."""
    bucket: str = "tablee"
    """Bucket that holds the objects; it must exist."""
    access_key: SecretStr | None = None
    """Access key; without one, the usual AWS sources are asked (`AWS_ACCESS_KEY_ID`, a role, …)."""
    secret_key: SecretStr | None = None
    """Secret of the access key."""
    timeout_seconds: float = Field(default=15, gt=0)
    """Longest silence of the store during a call; a call is tried once more."""


class ObjectStoreSettings(Section):
    """The object store: a directory, or S3. Set exactly one."""

    directory: Path | None = None
    """Keep objects as files under this directory."""
    s3: S3Settings | None = None
    """Keep objects in a bucket."""


class Settings(BaseSettings):
    """What every process knows."""

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
    """When set, every route but health and metrics asks for it (`Authorization: Bearer KEY`); metrics too when they
    are asked for through the base path, that is from outside."""
    base_path: BasePath = ""
    """Path under which a proxy publishes this service and which it passes on, such as `/tablee/api`. Requests without
    it are answered too."""

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> Self:
        """The settings an environment (this process's own by default) describes.

        :raises InvalidSettings: naming each variable that is unknown or has a value that does not fit.
        """
        variables = os.environ if environment is None else environment
        unknown = sorted(name for name in variables if name.startswith(PREFIX) and not cls._knows(name))
        if unknown:
            raise InvalidSettings("unknown_variables", names=", ".join(unknown), settings=cls.__name__)
        try:
            return cls(**_Environment(cls, variables)())
        except SettingsError as error:  # a value that should be JSON and is not
            field = re.findall(r'field "(\w+)"', str(error))[:1]
            raise InvalidSettings("no_json", variable=variable_name(tuple(field)), why=str(error.__cause__)) from None
        except ValidationError as error:
            wrong = (f"{variable_name(fault['loc'])}: {fault['msg']}" for fault in error.errors())
            raise InvalidSettings("wrong_values", faults="; ".join(wrong)) from None

    @classmethod
    def _knows(cls, variable: str) -> bool:
        first = variable.removeprefix(PREFIX).lower().split("__")[0]
        return first in cls.model_fields

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, *_: Any, **__: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)  # `read` is the one door to the environment


class _Environment(EnvSettingsSource):
    """pydantic-settings' own reading of nested variables, from a mapping that is passed in."""

    def __init__(self, settings_cls: type[BaseSettings], variables: Mapping[str, str]) -> None:
        self._variables = variables
        super().__init__(settings_cls)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {name.lower(): value for name, value in self._variables.items() if value}


def variable_name(path: tuple[int | str, ...]) -> str:
    """The environment variable of a settings field, given its path of names."""
    return PREFIX + "__".join(str(part) for part in path).upper()
