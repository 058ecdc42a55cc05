"""The contenders, each library in a module of its own, which only that contender's process imports.

Each module has `prepare(task, variant)`, which compiles what there is to compile and returns a `Run`.
"""
