"""Readers of files that people send: CSV, JSON lines, Parquet and logs, in constant memory, with exact errors."""

from tablee_data.privacy.batch_filter import BatchFilter
from tablee_data.readers.content import Limits
from tablee_data.readers.ingest import ingest
from tablee_data.readers.sniff import sniff
from tablee_data.readers.table import Table, read

__all__ = ["BatchFilter", "Limits", "Table", "ingest", "read", "sniff"]
