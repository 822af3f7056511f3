"""What ``pcsync doctor`` looks at: the machine, the project, the catalog. Nothing here writes to a catalog or shows a secret."""
