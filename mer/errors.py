"""The one error a caller is expected to catch.

A function raises it when it cannot use something given from outside (a file, an option, an array).
The message is one line that names the value, the limit and, where there is one, the file. The
command lines print it on stderr and exit with status 2.
"""


class InputError(ValueError):
    """Something given from outside cannot be used; the message says what, where and what to do."""
