#!/bin/sh
# Make sure that a Chromium is there for the browser tests: the one on PATH, or Debian's.
set -eu
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Debian's Chromium for the browser tests ..."
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-liberation fonts-noto-color-emoji >/dev/null
    exit 0
fi
echo "The browser tests need Chromium. On Debian and Ubuntu: sudo apt-get install chromium" >&2
exit 1
