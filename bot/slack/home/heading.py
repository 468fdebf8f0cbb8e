"""Headings: what parts Home into lists."""

from slack_sdk.models.blocks import HeaderBlock, PlainTextObject


def heading(emoji: str, words: str) -> HeaderBlock:
    """A line in larger letters; the words say all, the emoji is found faster."""
    return HeaderBlock(text=PlainTextObject(text=f"{emoji} {words}", emoji=True))
