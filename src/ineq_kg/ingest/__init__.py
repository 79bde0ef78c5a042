"""Outside formats to records. Every `open()` of a foreign file is in here."""
