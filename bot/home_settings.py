"""Home settings: what is said to single people."""

from pydantic import Field
from pydantic_settings import BaseSettings


class HomeSettings(BaseSettings):
    """The part of the settings that is about Home and direct messages."""

    direct_messages: bool = Field(
        default=True, description="Whether people are told in a direct message what they ticked in Home."
    )
