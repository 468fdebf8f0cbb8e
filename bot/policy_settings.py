"""Policy settings: who may change memory where and how much, and when."""

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_settings import NoDecode

from bot.domain.calendar.window import parse
from bot.domain.policy.policy import Approval, Grant, Policy, Role
from bot.investigation_settings import InvestigationSettings
from bot.setting_forms import AsJson

Pattern = Annotated[str, Field(min_length=1, max_length=255)]


class _Rule(BaseModel):
    """Where a rule of POLICY applies: shell patterns; of accounts, by id or by name."""

    model_config = ConfigDict(extra="forbid")

    account: Pattern = "*"
    cluster: Pattern = "*"
    name: Pattern = "*"


class GrantSetting(_Rule):
    """One entry of POLICY's grants."""

    role: Role
    who: tuple[str, ...] = Field(min_length=1)
    max_factor: float | None = Field(default=4.0, gt=0)
    max_mib: int | None = Field(default=None, gt=0)
    max_monthly_usd: float | None = Field(default=None, ge=0)

    @field_validator("who")
    @classmethod
    def _are_people(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            if not (one == "*" or one[:1] in ("U", "W", "S") or "@" in one[1:]):
                raise ValueError(
                    f"{one!r} is nobody: write a user's id (U…), a user group's (S…), an e-mail address "
                    "(*@example.com) or * for everybody"
                )
        return value

    def as_grant(self) -> Grant:
        """The domain's value for it."""
        return Grant(**self.model_dump())


class ApprovalSetting(_Rule):
    """One entry of POLICY's approvals."""

    always: bool = False
    above_factor: float | None = Field(default=None, gt=0)
    above_monthly_usd: float | None = Field(default=None, ge=0)

    def as_approval(self) -> Approval:
        """The domain's value for it."""
        return Approval(**self.model_dump())


class PolicySetting(BaseModel):
    """POLICY as a whole; without one nobody can change anything."""

    model_config = ConfigDict(extra="forbid")

    grants: tuple[GrantSetting, ...] = ()
    approvals: tuple[ApprovalSetting, ...] = ()
    windows: tuple[str, ...] = ()
    approval_minutes: float = Field(default=60, gt=0, le=7 * 24 * 60)
    rolls_back: bool = False
    watch_hours: float | None = Field(default=None, gt=0, le=30 * 24)
    tags_revisions: bool = True

    @field_validator("windows")
    @classmethod
    def _are_windows(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for window in value:
            parse(window)
        return value


class PolicySettings(InvestigationSettings):
    """The part of the settings that is about changing."""

    policy: Annotated[PolicySetting, NoDecode, AsJson] = Field(
        default=PolicySetting(), description="Who may change what, as JSON: docs/policy.md."
    )
    oom_read_only: bool = Field(
        default=False, description="The kill switch: nothing at all is written to AWS, not even a rollback."
    )
    audit_channel: str = Field(
        default="", description="Channel that every entry of the audit trail is mirrored to; default: none."
    )
    keep_audit_days: int = Field(default=1100, ge=1, description="How long the audit trail is kept.")

    @property
    def keep_audit(self) -> timedelta:
        """How long the audit trail is kept."""
        return timedelta(days=self.keep_audit_days)

    def as_policy(self) -> Policy:
        """All rules about changing."""
        rules = self.policy
        accounts = self.as_accounts()
        return Policy(
            grants=tuple(one.as_grant() for one in rules.grants),
            approvals=tuple(one.as_approval() for one in rules.approvals),
            windows=rules.windows,
            approval_lasts_s=rules.approval_minutes * 60,
            rolls_back=rules.rolls_back,
            watch_s=None if rules.watch_hours is None else rules.watch_hours * 3600,
            tags_revisions=rules.tags_revisions,
            read_only=self.oom_read_only,
            account_names={one: accounts.name(one) for one in {**self.account_names, **self.accounts}},
        )
