"""Looking an installation over: what is well, what may go wrong, what is wrong, and the mend of each, in plain words."""
