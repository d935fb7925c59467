"""What any step may say beside its set points: its own, narrower limits, and its own record conditions."""

from __future__ import annotations

from dataclasses import replace

from protocols.compile.job import Job
from protocols.compile.record import bind_record
from protocols.program import Limits, Record
from protocols.schema.limits import StepLimitsSection
from protocols.schema.record import RecordSection

__all__ = ["own_limits", "own_record", "protected"]


def protected(section: StepLimitsSection | None, job: Job) -> Job:
    """Return the job under the limits of its step. Raises Refusal where they are wider than the protocol's."""
    if section is None:
        return job
    return replace(job, protection=job.protection.narrowed(section, job.scope, job.binding))


def own_limits(section: StepLimitsSection | None, job: Job) -> Limits | None:
    """Return the limits of the step, None where it has none of its own. Raises Refusal."""
    return None if section is None else protected(section, job).protection.limits


def own_record(section: RecordSection | None, job: Job) -> Record | None:
    """Return the record conditions of the step, None where it has none of its own. Raises Refusal."""
    return None if section is None else bind_record(section, job.scope, job.binding)
