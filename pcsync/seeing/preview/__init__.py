"""Pictures before and after a plan: what to look at, where, and how it is drawn without changing any configuration.

``wishes`` reads the plan, ``configuration`` lays it over what is live, ``geometry`` and ``spots`` choose the places, ``drawing`` asks the
tiler, and ``run`` does it all within its limits.
"""
