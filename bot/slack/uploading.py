"""Uploading: bring a file into Slack in three calls, and learn when an image may be used; for bot.reconcile alone.

https://docs.slack.dev/messaging/working-with-files: files.getUploadURLExternal gives an address, the bytes go there,
files.completeUploadExternal ends it. Slack then processes the file for a while, and refuses blocks that show it.
"""

from bot.slack.posting import OutcomeUnknown, Poster, Refused


class Uploader:
    """Uploads images that no channel is told of, and files for one, through a poster's connection. Raises a SlackTrouble as it does."""

    def __init__(self, poster: Poster) -> None:
        """Speak to Slack as this poster does."""
        self._poster = poster
        self._client = poster.client

    async def upload(self, name: str, image: bytes, alt_text: str) -> str:
        """Upload an image; its file id. What fails on the way leaves a file at most that nobody sees.

        Needs files:write; without it, Refused("missing_scope"). `alt_text`: at most 1000 characters.
        """
        file_id = await self.bring(name, image, alt_txt=alt_text)
        title = name.rpartition(".")[0]
        await self._poster.ask(
            self._client.files_completeUploadExternal(files=[{"id": file_id, "title": title}])
        )
        return file_id

    async def bring(self, name: str, data: bytes, **about: str) -> str:
        """Bring a file of any kind into Slack; its id, with which `share` ends the upload. Needs files:write."""
        given = await self._poster.ask(
            self._client.files_getUploadURLExternal(filename=name, length=len(data), **about)
        )
        file_id, address = str(given["file_id"]), str(given["upload_url"])
        if not address.startswith(("https://", "http://")):
            raise OutcomeUnknown("Slack gave no address to upload to")
        await self._poster.send(address, data=data)
        return file_id

    async def share(self, file_id: str, channel: str, comment: str) -> None:
        """Show a file that was brought in a channel; the second time, Refused("file_not_found")."""
        await self._poster.ask(
            self._client.files_completeUploadExternal(
                files=[{"id": file_id}], channel_id=channel, initial_comment=comment
            )
        )

    async def is_ready(self, file_id: str) -> bool:
        """Whether Slack has processed the file, so that a message may show it. Needs files:read.

        Raises Refused where it is gone.
        """
        answer = await self._poster.ask(self._client.files_info(file=file_id))
        kind = str(answer["file"].get("mimetype") or "")
        if kind and not kind.startswith("image/"):
            raise Refused("not_an_image", kind)
        return bool(kind)
