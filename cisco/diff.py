"""Running-config × intended text -> plan and inverse."""

from .plan import Collision, Command, Difference, Owned, Plan, Step

__all__ = ("Collision", "Command", "Difference", "Owned", "Plan", "Step")
