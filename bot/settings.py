"""Settings: what an installation decides, each an environment variable of the same name in capitals."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import (
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import NoDecode, SettingsConfigDict

from bot.aws.sns.emulator import emulator_refusal
from bot.checkup_settings import CheckupSettings
from bot.domain.aws.topic import parse_topic_arn
from bot.domain.incident.storm import StormRule
from bot.domain.routing.route import Routes
from bot.home_settings import HomeSettings
from bot.reconcile.keep import Keep
from bot.reconcile.look_orders import LookOrders
from bot.reconcile.orders import Orders
from bot.reconcile.pull_orders import PullOrders
from bot.report_settings import ReportSettings
from bot.route_settings import RouteSettings
from bot.setting_forms import AsWords, Words
from bot.slack.keys import SlackKeys


def _secrets(value: SecretStr) -> tuple[str, ...]:
    """One secret, or several with commas or ends of lines between them."""
    return tuple(value.get_secret_value().replace(",", " ").split())


class Settings(RouteSettings, CheckupSettings, HomeSettings, ReportSettings):
    """Everything that can be set; app.py alone makes one from the environment."""

    model_config = SettingsConfigDict(
        case_sensitive=False, extra="ignore", env_ignore_empty=True, frozen=True
    )

    oom_config: str = Field(
        default="oomguard.toml",
        description="The configuration file, or the ARN of a secret of AWS that holds it; the default is read where it exists.",
    )
    host: str = Field(default="0.0.0.0", description="Address to listen on.")  # noqa: S104 - a container's port is published
    port: int = Field(default=8080, ge=0, le=65535, description="Port to listen on; platforms set it.")
    database_url: str = Field(
        default="sqlite:///var/oom-guard.db", description="Where to store: sqlite:///file or postgresql://…"
    )

    sns_topic_arns: Words = Field(
        default=(),
        validate_default=True,
        description="Topics to believe, as full ARNs with commas between; no others are.",
    )
    sns_signature_versions: Annotated[tuple[Literal["1", "2"], ...], NoDecode, AsWords] = Field(
        default=("1", "2"), min_length=1, description="Accepted SNS signature versions."
    )
    sns_basic_auth: SecretStr = Field(
        default=SecretStr(""),
        description="user:password that SNS must present (put it into the subscription's URL).",
    )
    sns_allow_raw: Words = Field(
        default=(), description="Topics whose raw (unsigned) deliveries are taken; needs SNS_BASIC_AUTH."
    )
    sns_emulator_origin: str | None = Field(
        default=None,
        description="Believe an SNS emulator at this origin instead of AWS. Never in production.",
    )

    slack_bot_token: SecretStr = Field(description="The app's bot token, xoxb-…")
    slack_app_token: SecretStr = Field(
        default=SecretStr(""), description="The app-level token, xapp-…, for Slack in Socket Mode."
    )
    slack_signing_secret: SecretStr = Field(
        default=SecretStr(""),
        validate_default=True,
        description="The app's signing secret, for Slack over HTTP; two with a comma between while it is replaced.",
    )
    slack_channel: str = Field(description="Default channel for alerts: its id (C…) or name.")
    slack_operator_channel: str = Field(
        default="", description="Channel for OOM Guard's own troubles; default: SLACK_CHANNEL."
    )
    slack_api_url: str = Field(default="https://slack.com/api/", description="Slack's Web API.")

    resolve_after_hours: float = Field(
        default=24, gt=0, description="An incident resolves after so many hours without a kill."
    )
    reopen_within_days: float = Field(
        default=7,
        ge=0,
        description="A kill so many days after the resolution reopens the incident; later ones open a new one.",
    )
    storm_services: int = Field(
        default=10, ge=2, description="So many services of one cluster that open at once are told as a storm."
    )
    storm_window_minutes: float = Field(
        default=5, gt=0, le=60, description="Within how many minutes they must open to be a storm."
    )
    keep_kills_days: int = Field(default=400, ge=1, description="How long kills are kept.")
    keep_deliveries_days: int = Field(
        default=2, ge=1, description="How long message ids are remembered against duplicates."
    )

    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severe level to log."
    )
    log_format: Literal["json", "text"] = Field(default="json", description="Form of the log lines.")
    shutdown_seconds: float = Field(default=25, gt=0, description="How long a stop may take in all.")

    @field_validator("slack_app_token")
    @classmethod
    def _app_level(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not value.get_secret_value().startswith("xapp-"):
            raise ValueError("an app-level token begins with xapp-")
        return value

    @field_validator("slack_signing_secret")
    @classmethod
    def _some_way_in(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        socket, secrets = info.data.get("slack_app_token"), _secrets(value)
        if len(secrets) > 2:
            raise ValueError("two secrets at most: the new one, and the old one until it is out of use")
        if not secrets and socket is not None and not socket.get_secret_value():
            raise ValueError("set this for Slack over HTTP, or SLACK_APP_TOKEN for Socket Mode, or both")
        return value

    @field_validator("slack_api_url")
    @classmethod
    def _end_with_slash(cls, value: str) -> str:
        return value if value.endswith("/") else value + "/"

    @field_validator("sns_topic_arns")
    @classmethod
    def _some_topic(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if not value and not info.data.get("sqs_queue_urls", True):
            raise ValueError(
                "name at least one topic (a valid signature alone proves only that some AWS account sent it), "
                "or a queue in SQS_QUEUE_URLS"
            )
        for arn in value:
            parse_topic_arn(arn)
        return value

    @field_validator("sns_basic_auth")
    @classmethod
    def _user_and_password(cls, value: SecretStr) -> SecretStr:
        user, colon, password = value.get_secret_value().partition(":")
        if (user or colon) and not (user and password):
            raise ValueError("the form is user:password")
        return value

    @field_validator("sns_allow_raw")
    @classmethod
    def _raw_needs_credentials(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if value and "sns_basic_auth" in info.data and not info.data["sns_basic_auth"].get_secret_value():
            raise ValueError("raw deliveries are not signed: they are taken with SNS_BASIC_AUTH only")
        return value

    @field_validator("sns_emulator_origin")
    @classmethod
    def _private_emulator(cls, value: str | None) -> str | None:
        if value is not None and (refusal := emulator_refusal(value)):
            raise ValueError(refusal)
        return value

    @property
    def resolve_after(self) -> timedelta:
        """The quiet time after which an incident resolves itself."""
        return timedelta(hours=self.resolve_after_hours)

    @property
    def reopen_within(self) -> timedelta:
        """How long after its resolution an incident is reopened rather than followed by a new one."""
        return timedelta(days=self.reopen_within_days)

    @property
    def operator_channel(self) -> str:
        """Where OOM Guard tells of its own troubles."""
        return self.slack_operator_channel or self.slack_channel

    def as_slack_keys(self) -> SlackKeys:
        """The credentials of the Slack app."""
        return SlackKeys(
            bot_token=self.slack_bot_token.get_secret_value(),
            signing_secrets=_secrets(self.slack_signing_secret),
            app_token=self.slack_app_token.get_secret_value(),
            api_url=self.slack_api_url,
        )

    def as_routes(self) -> Routes:
        """The routes, with the default channel for all that no route takes."""
        return Routes(self.default_route(self.slack_channel), self.listed_routes())

    def channels(self) -> tuple[str, ...]:
        """All channels that the settings name, the default one first."""
        routes = self.as_routes()
        named = (routes.default.channel, *(one.channel for one in routes.others))
        return tuple(dict.fromkeys(filter(None, (*named, self.operator_channel, self.audit_channel))))

    def as_look_orders(self) -> LookOrders:
        """What is looked at before anything is killed."""
        return LookOrders(
            where=self.surveyed(self.sns_topic_arns),
            near_percent=self.near_miss_percent,
            scan_every=self.scan_every,
            foresees=self.report_looks,
            queries_at_once=self.insights_queries_at_once,
            routes=self.as_routes(),
            reopen_within=self.reopen_within,
            account_name=self.as_accounts().name,
        )

    def as_orders(self) -> Orders:
        """How the reconcilers work."""
        return Orders(
            routes=self.as_routes(),
            reopen_within=self.reopen_within,
            resolve_after=self.resolve_after,
            keep=Keep(
                kills=timedelta(days=self.keep_kills_days),
                deliveries=timedelta(days=self.keep_deliveries_days),
                audit=self.keep_audit,
            ),
            storm_rule=StormRule(
                services=self.storm_services, window=timedelta(minutes=self.storm_window_minutes)
            ),
            investigation=self.as_investigation_orders(),
        )

    def as_pull_orders(self) -> PullOrders:
        """What is fetched, from where and how often."""
        accounts = self.as_accounts()
        return PullOrders(
            queues=self.queues,
            topics=self.sns_topic_arns,
            places=self.swept_places(self.sns_topic_arns),
            has_role=lambda place: accounts.role(place.account, place.region) is not None,
            clusters=self.watched_clusters,
            home_region=self.aws_region,
            sweep_every=self.sweep_every,
            silent_after=self.silent_after,
            routes=self.as_routes(),
            reopen_within=self.reopen_within,
            examines=self.examines,
            account_name=accounts.name,
        )
