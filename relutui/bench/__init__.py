"""`relutui bench`: what a step of training costs here, beside what others need for the same step.

Nothing is imported here: a contender's process pins itself to a core before it imports numpy.
"""
