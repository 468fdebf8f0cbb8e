"""Boxes: a container with the limit that is in force: what a knob rule looks at."""

from dataclasses import dataclass

from bot.domain.aws.task_definition import Container
from bot.domain.knobs.setting import command_of


@dataclass(frozen=True, slots=True)
class Box:
    """`limit_mib` is the container's hard limit, else its task's memory."""

    container: Container
    limit_mib: int

    def runs(self, *programs: str) -> bool:
        """Whether the command or the image's own name is one of these programs."""
        words = command_of(self.container).replace("/", " ").replace("=", " ").split()
        return self.is_image(*programs) or any(program in words for program in programs)

    def is_image(self, *names: str) -> bool:
        """Whether the image's own name (without registry and tag) is one of these."""
        return image_name(self.container.image) in names


def image_name(image: str) -> str:
    """`golang` of `registry/library/golang:1.22@sha256:…`."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0]
