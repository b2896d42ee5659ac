"""What MLflow runs to load a logged bundle ("models from code"); see `tablee_scoring.pyfunc`. Not for importing."""

from mlflow.models import set_model

from tablee_scoring.pyfunc import BundleModel

set_model(BundleModel())
