"""Limits: Slack's numbers, in one place; those that Slack does not publish say where they come from."""

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MESSAGE_CHARACTERS = 13_200  # over all blocks; measured (slackapi/bolt-js#2509)
TEXT_TRUNCATED = 40_000
UPDATE_TEXT = 4_000
MARKDOWN_CHARACTERS = 12_000  # over all markdown blocks of a message
ATTACHMENTS = 100
ATTACHMENT_BLOCKS = 50  # ours: Slack documents none
CHARTS = 2  # data_visualization blocks in a message
TABLE_CHARACTERS = 10_000
METADATA_BYTES = 8_000  # ours: metadata_too_large exists, no figure is published
VIEW_BYTES = 250_000
VIEW_STACK = 3

ACK_SECONDS = 3.0
TRIGGER_SECONDS = 3.0
RESPONSE_URL_USES = 5
RESPONSE_URL_SECONDS = 30 * 60.0
EVENT_RETRY_SECONDS = (0.0, 60.0, 300.0)
FILE_PROCESSING_SECONDS = 0.8  # ours: Slack says "asynchronous" and no more
FILE_BYTES = 20_000_000  # ours, to bound memory
ALT_TEXT = 1_000
SNIPPET_BYTES = 1_000_000
SOCKETS = 10
SOCKET_REFRESH_SECONDS = 10.0  # ours: between the warning and the end

POST_BURST = 5  # ours: Slack calls its burst "generous" and publishes no figure
POSTS_PER_SECOND = 1.0  # a channel
POSTS_PER_MINUTE = 300  # the workspace; Slack says "several hundred"
TIERS = {1: 1, 2: 20, 3: 50, 4: 100}  # calls a minute, a method

LINT_TEXT = 300  # ours: what a phone shows of a push before it ends in an ellipsis
LINT_LABEL = 30  # Slack: "may truncate with ~30 characters"
LINT_BUTTONS = 4  # ours: more do not fit a phone's first screen
