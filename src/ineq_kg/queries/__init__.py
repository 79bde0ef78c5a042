"""Named queries: one `.rq` file is the one definition of a question, its parameters and its columns."""
