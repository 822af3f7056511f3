"""The handlers, one file per route group: from a Call to an Answer, raising what errors.TABLE knows."""
