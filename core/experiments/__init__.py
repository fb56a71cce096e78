"""Every study of networks, one file each: an experiment with a title and one thing to observe."""

from collections.abc import Mapping

from core.discover import discover
from core.nets.study import Study

STUDIES: Mapping[str, Study] = dict(sorted(discover(__name__, "STUDY").items(), key=lambda item: item[1].order))
