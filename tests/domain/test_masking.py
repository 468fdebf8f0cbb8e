"""Masking: no secret of a log line is shown, what is no secret stays readable, and no text makes it fall over."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.telling.masking import LONGEST_READ, LONGEST_SHOWN, cut, masked

AWS_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        pytest.param("login failed for AKIAIOSFODNN7EXAMPLE", "login failed for ***", id="AWS key id"),
        pytest.param(f"secret key {AWS_SECRET} refused", "secret key *** refused", id="bare AWS secret key"),
        pytest.param(
            f"aws_secret_access_key = {AWS_SECRET}", "aws_secret_access_key = ***", id="named AWS secret"
        ),
        pytest.param("Authorization: Bearer abc.def-ghi_jkl", "Authorization: *** ***", id="bearer"),
        pytest.param(f"got {JWT} back", "got *** back", id="JWT"),
        pytest.param("password=hunter2 user=bob", "password=*** user=bob", id="password="),
        pytest.param("password=123456", "password=***", id="a poor password"),
        pytest.param("Password: 'two words' x", "Password: '***' x", id="quoted, with a space"),
        pytest.param(
            '{"password":"a b\\"c","n":1}', '{"password":"***","n":1}', id="JSON with an escaped quote"
        ),
        pytest.param('{\\"api_key\\": \\"k-1\\"}', '{\\"api_key\\": \\"***\\"}', id="JSON inside JSON"),
        pytest.param("DB_PASSWORD=x1 DEBUG=1", "DB_PASSWORD=*** DEBUG=1", id="environment dump"),
        pytest.param(
            "postgres://bob:s3cret@db:5432/shop", "postgres://***@db:5432/shop", id="URL with credentials"
        ),
        pytest.param("amqp://bob:p@ss@mq/", "amqp://***@mq/", id="URL whose password holds an @"),
        pytest.param(
            "https://k3y9q8w7e6r5t4z3@git.acme.dev/x",
            "https://***@git.acme.dev/x",
            id="URL with a token alone",
        ),
        pytest.param("seed JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "seed ***", id="base32"),
        pytest.param("redis://:pw@cache:6379", "redis://***@cache:6379", id="URL without a user"),
        pytest.param(
            "Server=db;User Id=sa;Password=p@ss;", "Server=db;User Id=sa;Password=***;", id="ADO string"
        ),
        pytest.param(
            "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=Zm9v==;",
            "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=***;",
            id="Azure string",
        ),
        pytest.param(
            "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- x", "*** x", id="key block"
        ),
        pytest.param("-----BEGIN PRIVATE KEY-----\nMIIE", "***", id="key block cut off"),
        pytest.param("MIIEpAIBAAKCAQEA1c7Xn2Q9fLkTz8Wb5Rj4Hy6Ug3Vd0Se", "***", id="a line of a key block"),
        pytest.param("GET /?X-Amz-Signature=abc123&x=1", "GET /?X-Amz-Signature=***&x=1", id="presigned URL"),
        pytest.param("Set-Cookie: session=abc; Path=/", "Set-Cookie: ***", id="cookie"),
        pytest.param("xoxb-123456789012-abcdefghij", "***", id="Slack token"),
        pytest.param("token ghp_abcdefghijklmnopqrst123456", "token ***", id="GitHub token"),
        pytest.param("key 0123456789abcdef0123456789abcdef", "key ***", id="32 hexadecimal digits"),
        pytest.param(
            "redis-server --requirepass s3cret --port 1",
            "redis-server --requirepass *** --port 1",
            id="Redis",
        ),
        pytest.param("mysql --password s3cret db", "mysql --password *** db", id="an option's next word"),
        pytest.param(
            "-Dssl.trustStorePassword=changeit -Xmx1g", "-Dssl.trustStorePassword=*** -Xmx1g", id="Java"
        ),
        pytest.param(
            "\x1b[31mpassword\x1b[0m=hunter2", "password=***", id="colours cannot hide a secret's name"
        ),
    ],
)
def test_a_secret_is_masked(line: str, shown: str) -> None:
    assert masked(line) == shown


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("mail to bob@example.com bounced", id="e-mail addresses stay"),
        pytest.param("java.lang.OutOfMemoryError: Java heap space", id="a finding's own line"),
        pytest.param(
            "Memory cgroup out of memory: Killed process 23166 (python3) total-vm:75360kB, anon-rss:65280kB, "
            "file-rss:6660kB, shmem-rss:0kB, UID:0 pgtables:188kB oom_score_adj:0",
            id="the kernel's line",
        ),
        pytest.param(
            "\tat com.acme.checkout.OrderServiceImplementationFactoryBean.create(Bean.java:42)", id="stack"
        ),
        pytest.param("/usr/local/lib/python3/site-packages/django/core/handlers/base2.py", id="path"),
        pytest.param("image sha256:" + "a1b2c3d4" * 8, id="image digest"),
        pytest.param("token expired, max_tokens=4096, password: required", id="words about secrets"),
        pytest.param("request 123e4567-e89b-12d3-a456-426614174000 took 12 ms", id="request id"),
        pytest.param("ssh://git@github.com/acme/shop", id="URL with a name"),
        pytest.param("postgresql://db:5432/shop refused", id="URL without credentials"),
    ],
)
def test_what_is_no_secret_stays(line: str) -> None:
    assert masked(line) == line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a\tb\x00c\x1b[1;31md\x1b[0m", "a b cd", id="controls and colours"),
        pytest.param("one\r\ntwo", "one ↵ two", id="several lines become one"),
        pytest.param("\u202ereversed\u2069", "reversed", id="no turning of the text's direction"),
        pytest.param("\ud800x", "x", id="half a surrogate"),
        pytest.param("x" * 1000, "x" * (LONGEST_SHOWN - 1) + "…", id="long"),
    ],
)
def test_a_cut_line_is_short_and_printable(text: str, shown: str) -> None:
    assert cut(text) == shown


@pytest.mark.parametrize(
    "piece",
    [
        "password=",
        "://a:",
        '"\\',
        "a-",
        "eyJ",
        "-----BEGIN PRIVATE KEY-----",
        "\x1b[",
        "._-",
        "bearer ",
        "a/B3",
    ],
)
def test_a_huge_hostile_line_is_bounded(piece: str) -> None:
    assert len(masked(piece * (10**6 // len(piece)))) <= 3 * LONGEST_READ
    assert len(cut(piece * 10**5)) <= LONGEST_SHOWN


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300) | st.text(alphabet="password=:\"'\\ {}-@/AKIA09\x1b[", max_size=300))
def test_no_text_makes_it_fall_over(text: str) -> None:
    assert isinstance(masked(text), str)
    assert not {unicodedata.category(letter) for letter in cut(masked(text))} & {"Cc", "Cs", "Zl", "Zp"}
