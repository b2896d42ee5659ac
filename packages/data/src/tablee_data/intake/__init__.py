"""Files of people as tables: sniffed, shown, read in constant memory, or refused with line and column."""

from tablee_data.intake.content import Limits
from tablee_data.intake.guard import Guard
from tablee_data.intake.ingest import ingest
from tablee_data.intake.reader import Table, read
from tablee_data.intake.sniff import Sniffed, sniff
from tablee_data.intake.spread import Spread, spread

__all__ = ["Guard", "Limits", "Sniffed", "Spread", "Table", "ingest", "read", "sniff", "spread"]
