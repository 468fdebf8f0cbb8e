"""Masking: secrets leave a log line before anybody sees it; what is left is short and printable."""

import re

LONGEST_READ = 16_384  # characters of a line that are looked at; docker itself splits lines there
LONGEST_SHOWN = 300
MASK = "***"
BREAK = "↵"  # where several lines had to become one
LINE_END = re.compile(r"[\r\n\u2028\u2029]+")
ANSI = re.compile(r"\x1b(?:\[[0-9;:?]{0,32}[@-~]|\][^\x07\x1b]{0,200}(?:\x07|\x1b\\)?|[@-Z\\^_])")
UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+"
)

PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z0-9 ]{0,40}-----|\Z)", re.DOTALL
)
CREDENTIALS_IN_URL = re.compile(
    r"(?<=://)(?:[^\s/@:'\"]{0,200}:[^\s/'\"]{1,400}|[^\s/@:'\"]{16,200})(?=@)"  # a long name alone is a token
)
SCHEME = re.compile(r"(?i)\b(bearer|basic|token|negotiate|digest) +[A-Za-z0-9+/=_.~:-]{8,4000}")
COOKIE = re.compile(r"(?i)\b((?:set-)?cookie\\?[\"']? ?[:=] ?)[^\r\n]{1,4000}")
NAMED = re.compile(
    r"""(?ix)
    (?P<name>
      (?:passw(?:or)?d|passphrase|pwd|secret|token|credential|(?:private|api|access|account|shared)[_.-]?key
        |(?:auth|encryption|signing)[_.-]?key|authorization|(?<![a-z])sig(?:nature)?(?![a-z])|requirepass)
      [\w.-]{0,20}?)
    (?P<tie> \\?["']? \s{0,3} (?:=>|:=|=|:) \s{0,3} | (?<=requirepass)\s{1,3} )
    (?P<value> \\"(?:[^"\\]|\\(?!")){1,2000}(?:\\")? | "(?:[^"\\]|\\.){1,2000}"? | '[^']{1,2000}'?
      | [^\s,;&"'<>)}\]\\]{1,2000} )
    """
)
TOLD_BY_OPTION = re.compile(
    r"(?i)(?<!\S)(--?[a-z-]{0,30}(?:passw(?:or)?d|secret|token|pass|api-?key)) +([^\s-]\S{0,2000})"
)
PUBLIC_WORDS = re.compile(
    r"(?i)(?:\*+|null|none|nil|true|false|undefined|expired|invalid|missing|required)[.!]?"
)

KNOWN_SHAPES = re.compile(
    r"""(?x)
    \beyJ[A-Za-z0-9_-]{5,4000}\.[A-Za-z0-9_-]{5,8000}(?:\.[A-Za-z0-9_-]{0,2000})?   # JSON web tokens
    | \b(?:AKIA|ASIA|AGPA|AIDA|AROA|ANPA|ANVA|ABIA|ACCA)[A-Z0-9]{16}\b              # AWS key ids
    | \bxox[abeoprs]-[A-Za-z0-9-]{8,400} | \bxapp-[A-Za-z0-9-]{8,400}               # Slack
    | \bgh[opusr]_[A-Za-z0-9]{20,300} | \bgithub_pat_\w{20,300} | \bglpat-[\w-]{16,100}
    | \b[rsp]k_(?:live|test)_[A-Za-z0-9]{8,300} | \bwhsec_[A-Za-z0-9+/=]{8,300}     # Stripe
    | \bsk-[A-Za-z0-9_-]{20,300} | \bAIza[\w-]{30,60} | \bSG\.[\w-]{16,80}\.[\w-]{16,80}
    | \bnpm_[A-Za-z0-9]{30,60} | \bpypi-[\w-]{30,300} | \bhvs\.[\w-]{20,300} | \bdop_v1_[a-f0-9]{40,80}
    | https://hooks\.slack\.com/services/[\w/]{10,200}
    """
)
AWS_SECRET_KEY = re.compile(
    r"(?<![\w+/=.-])(?=[A-Za-z+/]{0,39}[0-9])(?=[a-z0-9+/]{0,39}[A-Z])[A-Za-z0-9+][A-Za-z0-9+/]{39}(?![\w+/=.-])"
)
HEX = re.compile(
    r"(?<![0-9A-Za-z:])[0-9a-fA-F]{32,}(?![0-9A-Za-z])|(?<!\w)(?=[A-Z]{0,40}[2-7])[A-Z2-7]{32,}(?!\w)"  # or base32
)
LONG_TOKEN = re.compile(r"(?<!sha256:)(?<![\w+/-])[A-Za-z0-9+/_-]{32,}={0,2}")
CHANGE = re.compile(r"(?<=[a-z])[A-Z0-9]|(?<=[A-Z])[a-z0-9]|(?<=[0-9])[A-Za-z]")
RESTLESS = 0.34  # changes of kind by character: CamelCase stays below, random tokens above


def cut(text: str, longest: int = LONGEST_SHOWN) -> str:
    """The text on one printable line of at most `longest` characters, without colours; ↵ stands for ends of lines."""
    line = ANSI.sub("", text[:LONGEST_READ]).replace("\t", " ").strip()
    line = UNPRINTABLE.sub(" ", LINE_END.sub(f" {BREAK} ", line)).strip()
    return line if len(line) <= longest else f"{line[: max(0, longest - 1)]}…"


def masked(text: str) -> str:
    """The text with what looks like a secret replaced by ***; e-mail addresses stay. Of a huge one, its beginning.

    Better one word too many than one secret: long hexadecimal and random-looking tokens go too.
    """
    text = ANSI.sub("", text[:LONGEST_READ])
    text = PRIVATE_KEY.sub(MASK, text)
    text = CREDENTIALS_IN_URL.sub(MASK, text)
    text = KNOWN_SHAPES.sub(MASK, text)
    text = SCHEME.sub(rf"\1 {MASK}", text)
    text = COOKIE.sub(rf"\1{MASK}", text)
    text = TOLD_BY_OPTION.sub(rf"\1 {MASK}", text)
    text = NAMED.sub(_without_value, text)
    text = HEX.sub(MASK, AWS_SECRET_KEY.sub(MASK, text))
    return LONG_TOKEN.sub(_unless_plain, text)


def _without_value(found: re.Match[str]) -> str:
    value = found["value"]
    bare = value.strip("\\\"'")
    is_count = found["name"].lower().startswith("token") and bare.isdigit()  # max_tokens=4096
    if not bare or is_count or PUBLIC_WORDS.fullmatch(bare):
        return found[0]
    quote = value[: len(value) - len(value.lstrip("\\\"'"))]
    end = quote if quote and value.endswith(quote) else ""
    return f"{found['name']}{found['tie']}{quote}{MASK}{end}"


def _unless_plain(found: re.Match[str]) -> str:
    """Random letters change their kind at every second step; words, paths and identifiers do not."""
    token = found[0]
    has_digit = any(letter.isdigit() for letter in token)
    is_random = has_digit and len(CHANGE.findall(token)) >= RESTLESS * len(token)
    return MASK if is_random or token.endswith("=") else token
