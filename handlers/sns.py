"""The SNS door: answers SNS and writes the store, nothing else. Write first, acknowledge last."""

import base64
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from aiohttp import web

from bot.aws.sns.envelope import Envelope, EnvelopeType
from bot.aws.sns.raw import is_raw, read_raw
from bot.aws.sns.refusal import Refused, TooLarge, Unverifiable
from bot.aws.sns.verifier import Verifier
from bot.domain.aws.topic import parse_topic_arn
from bot.domain.telling.language import say, speaking
from bot.language.reading import Reading
from bot.store import confirmations, deliveries, operator_alerts
from bot.store.database import Database, StoreUnavailable
from bot.store.deliveries import Delivery
from bot.store.ledger import Rules
from bot.store.letterbox import Letter, LetterBox
from bot.store.pulse import Pulse
from bot.tracing.tracer import UNTRACED, Span, Tracer, matter
from handlers.delivery_metrics import DeliveryMetrics

log = structlog.get_logger(__name__)

_RETRY_AFTER = {"Retry-After": "20"}  # seconds: as long as SNS waits by default
_CHALLENGE = {"WWW-Authenticate": 'Basic realm="oom-guard"'}  # SNS sends its credentials only when asked
_FORBIDDEN_LAYERS = frozenset({"topic", "cert", "signature"})


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SnsDoorSettings:
    """How the door behaves. Raises ValueError for settings that make no sense.

    `reading` gives the verdict on a message, `rules` say which deaths become kills. `basic_auth`: "user:password" that every request must present; "" for none.
    `allow_raw`: topics whose unsigned raw deliveries are taken; needs `basic_auth`.
    """

    reading: Reading
    rules: Rules
    basic_auth: str = field(default="", repr=False)
    allow_raw: frozenset[str] = frozenset()
    clock: Callable[[], datetime] = _utc_now
    tracer: Tracer = UNTRACED

    def __post_init__(self) -> None:
        """Refuse what would leave the door open."""
        user, _, password = self.basic_auth.partition(":")
        if self.basic_auth and not (user and password):
            raise ValueError("the credentials for SNS must have the form user:password")
        if self.allow_raw and not self.basic_auth:
            raise ValueError("raw deliveries are not signed: to take them, SNS must present credentials")


class SnsDoor:
    """POST /sns."""

    def __init__(
        self,
        verifier: Verifier,
        db: Database,
        box: LetterBox,
        settings: SnsDoorSettings,
        metrics: DeliveryMetrics,
    ) -> None:
        """`box` is where messages wait while too many come.

        Raises ValueError where raw deliveries are allowed for a topic that the verifier does not listen to.
        """
        if stray := sorted(settings.allow_raw - set(verifier.topics)):
            raise ValueError(
                f"raw deliveries are allowed for topics that are not listened to: {', '.join(stray)}"
            )
        self._verifier = verifier
        self._db = db
        self._box = box
        self._settings = settings
        self._tracer = settings.tracer
        self._metrics = metrics
        self._pulse = Pulse(db)
        self._closing = False

    def routes(self) -> list[web.RouteDef]:
        """The door over HTTP."""
        return [web.post("/sns", self.handle)]

    async def close(self, _application: web.Application | None = None) -> None:
        """Take nothing more: SNS shall come back when another process is there. What is in flight finishes."""
        self._closing = True

    async def handle(self, request: web.Request) -> web.Response:
        """200 when the delivery is durably written (or was before), 4xx when it never can be, 503 to try again."""
        if self._closing:
            return self._try_again("unavailable", "Shutting down.")
        if not self._is_authorized(request):
            self._metrics.count("unauthorized")
            return web.Response(status=401, text="Credentials are required.", headers=_CHALLENGE)
        try:
            return await self._receive(request)
        except Refused as refused:
            return self._refuse(refused, request)
        except Unverifiable as unverifiable:
            log.warning("delivery.unverifiable", why=unverifiable.why)
            return self._try_again("unverifiable", "The message could not be verified just now.")
        except StoreUnavailable as unavailable:
            log.warning("delivery.not_stored", error=str(unavailable))
            return self._try_again("unavailable", "The message could not be stored just now.")

    def _is_authorized(self, request: web.Request) -> bool:
        if not self._settings.basic_auth:
            return True
        scheme, _, presented = request.headers.get("Authorization", "").partition(" ")
        expected = base64.b64encode(self._settings.basic_auth.encode())
        is_same = hmac.compare_digest(presented.strip().encode(errors="surrogateescape"), expected)
        return scheme.lower() == "basic" and is_same

    async def _receive(self, request: web.Request) -> web.Response:
        with self._tracer.span("delivery received") as span:
            with self._tracer.span("delivery verified"):
                envelope = await self._read(request)
            span.note(message_id=envelope.message_id, topic=envelope.topic_arn)
            return await self._take(envelope, span)

    async def _read(self, request: web.Request) -> Envelope:
        limit = self._verifier.max_body_bytes
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            raise TooLarge(limit) from None
        now = self._settings.clock()
        if self._settings.allow_raw and is_raw(request.headers):
            if len(body) > limit:
                raise TooLarge(limit)
            return read_raw(body, request.headers, self._settings.allow_raw, now)
        return await self._verifier.verify(body, request.headers, now)

    async def _take(self, envelope: Envelope, span: Span) -> web.Response:
        if envelope.type is EnvelopeType.SUBSCRIPTION_CONFIRMATION:
            return await self._confirm_later(envelope)
        if envelope.type is EnvelopeType.UNSUBSCRIBE_CONFIRMATION:
            return await self._raise_alarm(envelope)
        return await self._record(envelope, span)

    async def _confirm_later(self, envelope: Envelope) -> web.Response:
        await self._db.write(confirmations.add, envelope.topic_arn, envelope.token, self._settings.clock())
        return self._done(envelope, "confirmation")

    async def _raise_alarm(self, envelope: Envelope) -> web.Response:
        key = f"unsubscribed:{envelope.topic_arn}"
        with speaking(self._settings.reading.tongues.with_operators()):
            alarm = _unsubscribed(envelope.topic_arn)
        await self._db.write(operator_alerts.raise_alert, key, *alarm, self._settings.clock())
        return self._done(envelope, "unsubscribed")

    async def _record(self, envelope: Envelope, span: Span) -> web.Response:
        now = self._settings.clock()
        delivery = Delivery(envelope.topic_arn, envelope.message_id, envelope.published_at)
        if self._box.is_open:
            return await self._keep(envelope, delivery, now)
        assessment = self._settings.reading.assessed(
            envelope.message, envelope.subject, now, envelope.message_id
        )
        with self._tracer.span("delivery stored"):
            recorded = await deliveries.record(self._db, delivery, assessment, now, self._settings.rules)
        span.note(verdict=assessment.verdict.value, incident_ids=recorded.incident_ids)
        span.leads_to(*(matter(number) for number in recorded.incident_ids))
        await self._pulse.heard(assessment.account, now)
        return self._done(
            envelope,
            recorded.result,
            verdict=assessment.verdict.value,
            incident_ids=recorded.incident_ids,
            new_kills=recorded.new_kills,
        )

    async def _keep(self, envelope: Envelope, delivery: Delivery, now: datetime) -> web.Response:
        """Durably as it came; what it tells is recorded, and logged, when its turn comes."""
        with self._tracer.span("delivery kept"):
            await self._box.keep(
                Letter(delivery=delivery, subject=envelope.subject, message=envelope.message, arrived_at=now)
            )
        self._metrics.count("kept")
        return web.Response(text="kept")

    def _done(self, envelope: Envelope, result: str, **details: object) -> web.Response:
        self._metrics.count(result)
        of = {"message_id": envelope.message_id, "topic_arn": envelope.topic_arn}
        log.info("delivery.taken", result=result, **of, **details)
        return web.Response(text=result)

    def _refuse(self, refused: Refused, request: web.Request) -> web.Response:
        self._metrics.count_refusal(refused.layer)
        # Unproven: said by whoever sent this.
        claimed_id = request.headers.get("x-amz-sns-message-id", "")[:64]
        log.warning("delivery.refused", layer=refused.layer, why=refused.why, claimed_message_id=claimed_id)
        if isinstance(refused, TooLarge):
            return web.Response(status=413, text=refused.why)
        return web.Response(status=403 if refused.layer in _FORBIDDEN_LAYERS else 400, text=refused.why)

    def _try_again(self, result: str, text: str) -> web.Response:
        self._metrics.count(result)
        return web.Response(status=503, text=text, headers=_RETRY_AFTER)


def _unsubscribed(topic_arn: str) -> tuple[str, str]:
    """The operators' alert: what happened in one line, what it means and what to do."""
    topic = parse_topic_arn(topic_arn)
    command = (
        f"aws sns subscribe --region {topic.region} --topic-arn {topic_arn} --protocol https "
        "--notification-endpoint https://YOUR-HOST/sns"
    )
    detail = say(
        "Somebody ended the subscription of OOM Guard to {topic}. No more events arrive from this topic, so kills there go unseen. OOM Guard does not subscribe again by itself: it may have been meant. If it was not, run\n{command}\nand OOM Guard confirms it.",
        topic=topic_arn,
        command=command,
    )
    return say("OOM Guard was unsubscribed from SNS topic {name}", name=topic.name), detail
