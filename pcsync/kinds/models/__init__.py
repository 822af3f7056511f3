"""What authors write, as pydantic models: one file for each kind, imported only when a JSON Schema is made of them.

At run time the packaged schemas are the gate, so no command but ``pcsync schema`` pays for pydantic and for building these classes.
"""
