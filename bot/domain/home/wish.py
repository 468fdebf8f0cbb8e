"""Wishes: of what a person wants to be told in a direct message."""

from enum import StrEnum


class Wish(StrEnum):
    """One kind of news. A weekly digest is none: reports belong to channels."""

    APPROVAL = "approval"  # a request waits for my approval
    INCIDENT = "incident"  # an incident of mine opens
    RESIZE = "resize"  # my resize is over, in whatever way


USUAL = frozenset({Wish.APPROVAL})  # of people who said nothing: somebody waits for them
