"""Ratios in one run, never timed tests: what pcsync costs against the bare work it cannot do without."""
