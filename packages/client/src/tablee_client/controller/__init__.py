"""The client of the controller. Data sets, trainings, scorings, file predictions, sources, models, recipes and
roll-outs have a module each.
"""

from __future__ import annotations

from tablee.http.schemas.platform import PlatformInfo, Readiness
from tablee_client.controller.datasets import Datasets
from tablee_client.controller.file_predictions import FilePredictions
from tablee_client.controller.models import Models
from tablee_client.controller.recipes import Recipes
from tablee_client.controller.rollout import Rollout
from tablee_client.controller.scorings import Scorings
from tablee_client.controller.sources import Sources
from tablee_client.controller.trainings import Trainings
from tablee_client.http import Service
from tablee_client.uploads import Uploads


class Controller:
    """The controller. All methods of its parts raise the same errors as `Service.request`."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.uploads = Uploads(service)
        self.datasets = Datasets(service)
        self.recipes = Recipes(service)
        self.trainings = Trainings(service)
        self.scorings = Scorings(service)
        self.file_predictions = FilePredictions(service)
        self.sources = Sources(service)
        self.models = Models(service)
        self.rollout = Rollout(service)

    @property
    def url(self) -> str:
        return self.service.url

    def ready(self) -> Readiness:
        return self.service.ready()

    def platform(self) -> PlatformInfo:
        """The version of the platform, and the addresses of its services."""
        return self.service.get("/platform", PlatformInfo)

    def close(self) -> None:
        self.service.close()
