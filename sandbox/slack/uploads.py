"""Uploads: files by the three steps of files.getUploadURLExternal, processed a little later, as Slack does."""

import asyncio
import itertools
import secrets
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from aiohttp import web

from sandbox.slack import limits
from sandbox.slack.call import Call
from sandbox.slack.chat import Chat
from sandbox.slack.content import Content
from sandbox.slack.conversation import Channel, Json
from sandbox.slack.files import IMAGES, File, Files
from sandbox.slack.people import BOT_USER
from sandbox.slack.refusal import Refusal
from sandbox.slack.webapi import Handler
from sandbox.slack.workspace import Credentials, Workspace
from sandbox.wire import WireLog

SIGN_IN = "<!doctype html><title>Sign in to Acme | Slack</title><p>Sign in to acme-sandbox.slack.com"


class Uploads:
    """All files of the workspace, in memory."""

    def __init__(
        self, workspace: Workspace, chat: Chat, files: Files, credentials: Credentials, wire: WireLog
    ) -> None:
        """Share files into this workspace."""
        self._workspace, self._chat, self._credentials, self._wire = workspace, chat, credentials, wire
        self._numbers = itertools.count(1)
        self._files = files
        self._under_way: set[asyncio.Task[None]] = set()
        self.base = ""

    def methods(self) -> dict[str, Handler]:
        """The Web API methods served here."""
        return {
            "files.getUploadURLExternal": self.announce,
            "files.completeUploadExternal": self.complete,
            "files.info": self.info,
            "files.delete": self.delete,
        }

    def close(self) -> None:
        """Give up what is being processed."""
        for task in self._under_way:
            task.cancel()

    async def announce(self, call: Call) -> Json:
        """files.getUploadURLExternal."""
        if not 0 < call["length"] <= limits.FILE_BYTES:
            raise Refusal(
                "invalid_arguments", messages=["[ERROR] length must be greater than 0 [json-pointer:/length]"]
            )
        if len(call.get("alt_txt") or "") > limits.ALT_TEXT:
            raise Refusal("alt_txt_too_large")
        if call.get("snippet_type") and call["length"] > limits.SNIPPET_BYTES:
            raise Refusal("snippet_too_large")
        file_id = f"F{next(self._numbers):08d}"
        key, alt = secrets.token_hex(12), call.get("alt_txt") or ""
        self._files[file_id] = File(
            id=file_id,
            name=call["filename"],
            length=call["length"],
            key=key,
            alt_txt=alt,
            title=call["filename"],
        )
        return {"file_id": file_id, "upload_url": f"{self.base}/slack/upload/{key}"}

    async def receive(self, request: web.Request) -> web.Response:
        """Take the bytes: 400 if they are not as long as announced."""
        file = next((file for file in self._files.values() if file.key == request.match_info["key"]), None)
        if file is None or file.completed:
            return web.Response(status=404, text="no such upload")
        if request.content_type == "multipart/form-data":
            parts = [part for part in (await request.post()).values() if isinstance(part, web.FileField)]
            data = parts[0].file.read() if parts else b""
        else:
            data = await request.read()
        fits = len(data) == file.length
        file.data = data if fits else None
        status, said = (
            (200, f"OK - {len(data)}") if fits else (400, f"expected {file.length} bytes, got {len(data)}")
        )
        self._wire.add(
            direction="in",
            kind="upload",
            title=f"upload {file.name}",
            status=status,
            ms=0,
            level="ok" if fits else "error",
            note="" if fits else said,
            response=said,
        )
        return web.Response(status=status, text=said)

    async def complete(self, call: Call) -> Json:
        """files.completeUploadExternal: shares the files once they are processed."""
        files = [self._uploaded(one) for one in call["files"]]
        where = call.get("channel_id") or call.get("channels")
        channel = self._chat.writable(where) if where else None
        if channel and BOT_USER not in channel.members:
            raise Refusal("not_in_channel")
        thread = self._chat.parent(channel, call.get("thread_ts")) if channel else None
        if call.get("blocks") and call.get("initial_comment"):
            raise Refusal(
                "invalid_arguments", messages=["[ERROR] initial_comment cannot be used with blocks"]
            )
        for file, wish in zip(files, call["files"], strict=True):
            file.completed, file.title = True, wish.get("title") or file.name
        post = {"text": call.get("initial_comment") or "", "blocks": call.get("blocks")}
        says = post["text"] or post["blocks"]
        content = self._chat.rulebook.content(post) if says else Content("", None, None, None)
        task = asyncio.create_task(self._process(files, channel, content, thread))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return {"files": [self._shown(file) for file in files]}

    def _uploaded(self, wish: Any) -> File:
        file = self._files.get(str(wish.get("id"))) if isinstance(wish, dict) else None
        if file is None or file.data is None or file.completed:
            raise Refusal("file_not_found")
        return file

    async def _process(
        self, files: list[File], channel: Channel | None, content: Content, thread: str | None
    ) -> None:
        """What Slack does afterwards, which a message posted at once overtakes."""
        await self._workspace.clock.sleep(limits.FILE_PROCESSING_SECONDS)
        for file in files:
            file.processed = True
        if channel:
            message = self._chat.add(channel, content, thread_ts=thread)
            message.files = [file.id for file in files]
        self._chat.changed()

    async def info(self, call: Call) -> Json:
        """files.info."""
        file = self._files.get(call["file"])
        if file is None or not file.completed:
            raise Refusal("file_not_found")
        return {"file": self._shown(file), "comments": []}

    async def delete(self, call: Call) -> Json:
        """files.delete."""
        if self._files.pop(call["file"], None) is None:
            raise Refusal("file_not_found")
        return {}

    def _shown(self, file: File) -> Json:
        url = f"{self.base}/slack/files/{file.id}/{quote(file.name, safe='')}"
        shares = [
            (channel.id, {"ts": message.ts, "thread_ts": message.thread_ts})
            for channel in self._workspace.channels.values()
            for message in channel.messages.values()
            if file.id in message.files
        ]
        return {
            "id": file.id,
            "name": file.name,
            "title": file.title,
            "alt_txt": file.alt_txt,
            "mimetype": file.mimetype,
            "filetype": PurePosixPath(file.name).suffix.lstrip(".") if file.processed else "",
            "size": file.length,
            "user": BOT_USER,
            "url_private": url,
            "url_private_download": url,
            "permalink": url,
            "channels": [channel_id for channel_id, _ in shares],
            "shares": {"public": {channel_id: [share] for channel_id, share in shares}},
        }

    async def download(self, request: web.Request) -> web.Response:
        """Serve a file to who has a token; anybody else gets the sign-in page with status 200."""
        if request.headers.get("Authorization") != f"Bearer {self._credentials.bot_token}":
            return web.Response(text=SIGN_IN, content_type="text/html")
        return self._serve(request)

    async def show(self, request: web.Request) -> web.Response:
        """Serve a file to the page, whose people are signed in."""
        return self._serve(request)

    def _serve(self, request: web.Request) -> web.Response:
        file = self._files.get(request.match_info["file"])
        if file is None or not file.processed:
            raise web.HTTPNotFound
        safe = file.mimetype if file.mimetype in IMAGES else "application/octet-stream"
        return web.Response(body=file.data, content_type=safe, headers={"X-Content-Type-Options": "nosniff"})
