"""Judges the resources that a Terraform plan makes, by the checks that judge them when they run. Pure.

``document`` and ``block`` read what ``terraform show -json`` prints, ``configuration`` and ``planned`` find out what
belongs to what, ``services`` say what it means in AWS's words, ``observe`` makes of it what a look at AWS gives.
"""

from ppbe_observe.controls.plan.judge import judge_plan
from ppbe_observe.controls.plan.observe import observe_plan

__all__ = ["judge_plan", "observe_plan"]
