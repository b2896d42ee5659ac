"""A client of the platform's HTTP services: data sets, trainings, models, predictions.

Start with `Platform`. All errors are classes of `tablee.errors`. `tablee_client.predict_file` predicts whole files.
"""

from tablee_client.api import Api, PartPredictions
from tablee_client.controller import Controller
from tablee_client.http import Service, recorded
from tablee_client.platform import Platform

__all__ = [
    "Api",
    "Controller",
    "PartPredictions",
    "Platform",
    "Service",
    "recorded",
]
