"""What is done by the clock, each at the moment it was due."""

from __future__ import annotations

from local.diadoc import invitations, partners, pipeline, recipient
from local.diadoc.records import Job
from local.diadoc.world import World


def run_due(world: World) -> int:
    """Do all jobs whose moment has come, in their order; answers how many."""
    done = 0
    while (job := world.due_job()) is not None:
        with world.at(job.due):
            _run(world, job)
        done += 1
    return done


def _run(world: World, job: Job) -> None:
    first, *others = job.arguments
    match job.kind:
        case "verdict":
            pipeline.give_verdict(world, first)
        case "deliver":
            pipeline.deliver(world, first, others)
        case "finish_invitation":
            invitations.finish(world, world.state.tasks[first])
        case "accept_invitation":
            partners.accept(world, first, others[0])
        case "recipient_signs":
            for entity_id in others:
                recipient.sign_if_waiting(world, first, entity_id)
        case other:
            raise ValueError(f"no such job: {other}")
