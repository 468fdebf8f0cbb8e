#!/bin/sh
# Build a virtual environment from one hash-locked file: tools/venv.sh DIRECTORY REQUIREMENTS
set -eu
directory=$1
requirements=$2
python=${PYTHON:-python3}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
    echo "OOM Guard needs Python 3.11 or newer; '$python' is not. Try: make PYTHON=python3.12" >&2
    exit 1
}
if [ ! -x "$directory/bin/pip" ]; then
    rm -rf "$directory"
    "$python" -m venv "$directory" || {
        echo "'$python -m venv' failed. On Debian and Ubuntu: apt-get install python3-venv" >&2
        exit 1
    }
fi
echo "Installing $requirements into $directory ..."
"$directory/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$requirements"
