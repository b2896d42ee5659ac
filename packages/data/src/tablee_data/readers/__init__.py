"""Files of people as tables: sniffed, shown, read in constant memory, or refused with line and column."""

from tablee_data.privacy.batch_filter import Guard
from tablee_data.readers.content import Limits
from tablee_data.readers.ingest import ingest
from tablee_data.readers.sniff import Sniffed, sniff
from tablee_data.readers.table import Table, read

__all__ = ["Guard", "Limits", "Sniffed", "Table", "ingest", "read", "sniff"]
