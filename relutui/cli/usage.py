"""What every command may complain of."""


class UsageError(Exception):
    """The command makes no sense with these arguments."""
