"""Records to quads and back, through one mapper that reads the records' own term annotations."""
