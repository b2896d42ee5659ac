"""Files to be predicted: read as training files are, and written again in their own format with the predictions."""

from tablee_data.prediction_files.open_file import OpenFile, open_file
from tablee_data.prediction_files.parquet_file import ParquetPredictionFile
from tablee_data.prediction_files.text_file import TextPredictionFile

__all__ = ["OpenFile", "ParquetPredictionFile", "TextPredictionFile", "open_file"]
