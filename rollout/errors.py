"""What can go wrong, each with the exit code that it ends in.

RolloutError
├── InputError      2  a wrong argument, table or setting; nothing was touched
│   └── NoStackError   there is no stack of that name
└── StepError       1  a step failed or would do more than it may; says what stands now
"""


class RolloutError(Exception):
    """Something went wrong; the message is for the person at the terminal and holds no secret."""

    exit_code = 1


class InputError(RolloutError):
    """What was given is wrong; nothing was touched."""

    exit_code = 2


class NoStackError(InputError):
    """There is no stack of that name."""


class StepError(RolloutError):
    """A step failed, or a preview foresaw more than the step may do."""
