"""The contenders, one library a module, whose `prepare(task, variant)` compiles what it needs and returns a `Run`."""
