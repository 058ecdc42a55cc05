"""Which devices there are, which to take, and opening one."""
