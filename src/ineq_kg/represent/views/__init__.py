"""Pages about one thing each: the same answer as data or as a web page."""
