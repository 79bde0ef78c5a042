"""The commands of the command line, by what they do. They read arguments and print; answers come from `ineq_kg.app`."""
