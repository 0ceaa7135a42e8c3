"""Every kind of work, and what does it."""

from __future__ import annotations

from collections.abc import Mapping

from api.applications import work as lists
from api.common_file import service as common_file
from api.common_file import work as common_file_work
from api.decisions import work as decisions
from api.decisions.entitlements import CONTINUE
from api.erasure import work as erasure
from api.jobs.worker import Handler
from api.meetings import work as meetings
from api.studies import work as studies
from api.studies.service import FORGET, RUN_STUDY
from api.webhooks import outbox
from api.webhooks.work import deliver

HANDLERS: Mapping[str, Handler] = {
    lists.WORK_OUT_LIST: lists.work_out_list,
    CONTINUE: decisions.continue_proposal,
    common_file.COMPARE: common_file_work.compare,
    common_file.LOOK: common_file_work.look,
    meetings.PROPOSE: meetings.propose_meeting,
    outbox.DELIVER: deliver,
    erasure.FORGET: erasure.forget_in_files,
    RUN_STUDY: studies.run_study,
    FORGET: studies.forget_parts,
}
