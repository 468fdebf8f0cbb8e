"""Files: what was uploaded, in memory, announced first and processed last."""

import mimetypes
from dataclasses import dataclass
from pathlib import PurePosixPath

from sandbox.slack.conversation import Json

IMAGES = ("image/png", "image/jpeg", "image/gif")


@dataclass(slots=True, kw_only=True)
class File:
    """One file on its way: announced, uploaded, completed, then processed."""

    id: str
    name: str
    length: int
    key: str
    alt_txt: str = ""
    title: str = ""
    data: bytes | None = None
    completed: bool = False
    processed: bool = False

    @property
    def mimetype(self) -> str:
        """Unknown ("") until Slack has processed it."""
        return (mimetypes.guess_type(self.name)[0] or "application/octet-stream") if self.processed else ""


class Files(dict[str, File]):
    """All files of the workspace by id."""

    def screen(self, file_id: str) -> Json:
        """The file as the page shows it."""
        file = self.get(file_id)
        if file is None:
            return {"id": file_id, "name": "", "mimetype": "", "size": 0, "title": "This file was deleted."}
        shown: Json = {"id": file.id, "name": file.name, "mimetype": file.mimetype, "size": file.length}
        return shown | {"title": file.title, "alt_txt": file.alt_txt}

    def is_image(self, slack_file: Json) -> bool:
        """Whether an image block may show this file: processed, and an image."""
        file = self.get(slack_file.get("id") or PurePosixPath(str(slack_file.get("url"))).parent.name)
        return file is not None and file.mimetype in IMAGES
