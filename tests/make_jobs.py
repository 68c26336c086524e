"""Jobs of the worker for tests, as rows."""

from typing import Any

from django_tasks_db.models import get_date_max

from consult.kit.models import Job
from tests import make


def failed_job(**values: Any) -> Job:
    """The setting of a paper that failed at the first attempt."""
    return Job.objects.create(**{
        "task_path": "consult.briefings.press.typeset", "args_kwargs": {"args": [1], "kwargs": {}}, "status": "FAILED",
        "backend_name": "default", "run_after": get_date_max(), "worker_ids": ["w"], "started_at": make.AT,
        "finished_at": make.AT, "exception_class_path": "consult.briefings.models.Issue.DoesNotExist",
        "traceback": 'Traceback (most recent call last):\n  File "/srv/consult/briefings/press.py", line 45, in set_paper\n'
                     "    issue = …\nconsult.briefings.models.Issue.DoesNotExist: Issue matching query does not exist.\n",
        **values})
