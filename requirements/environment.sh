#!/bin/sh
# Make .venv hold what a purpose needs, and do nothing where it already does.
#
#   sh requirements/environment.sh demo|test
#
# PYTHON=/path/to/python chooses the interpreter (3.10 to 3.13); without it the first fitting one is taken.
# A file .venv/complete-PURPOSE holds a fingerprint of everything that decides what is installed. As long as it
# matches nothing is done. An install that was cut off leaves .venv/incomplete behind and is made anew from
# scratch (what was downloaded comes from pip's cache), because pip takes a half-copied package for a whole one.
set -eu
cd "$(dirname "$0")/.."

purpose=${1:-}
case $purpose in
    demo) extras=dicom ;;
    test) extras=dicom,train,dataset,cluster,test,docs ;;
    *) echo "usage: sh requirements/environment.sh demo|test" >&2; exit 2 ;;
esac

supported='import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))'
has_venv='import ensurepip, venv'
fail() { printf '%s\n' "$@" >&2; exit 1; }
fits() { "$1" -c "$supported" >/dev/null 2>&1; }
version_of() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null; }

# A fingerprint of the interpreter's place, the repository's place (an editable install points to it), and the lists.
fingerprint() {
    { pwd -P; version_of .venv/bin/python; cat pyproject.toml requirements/constraints.txt requirements/environment.sh; } | cksum
}
complete() {
    [ ! -e .venv/incomplete ] && fits .venv/bin/python || return 1
    if [ -n "${PYTHON:-}" ] && [ "$(version_of "$PYTHON")" != "$(version_of .venv/bin/python)" ]; then return 1; fi
    # What the tests need holds what the demo needs.
    for stamp in ".venv/complete-$purpose" .venv/complete-test; do
        if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(fingerprint)" ]; then return 0; fi
    done
    return 1
}

find_python() {
    seen='' without_venv=''
    if [ -n "${PYTHON:-}" ]; then candidates=$PYTHON; else
        candidates='python3 python3.13 python3.12 python3.11 python3.10 /usr/bin/python3'
    fi
    # With PYTHON set there is one candidate, whose path may hold spaces.
    [ -n "${PYTHON:-}" ] && set -- "$candidates" || set -- $candidates
    for candidate in "$@"; do
        version=$(version_of "$candidate") || continue
        seen="$seen $candidate ($version)"
        fits "$candidate" || continue
        if "$candidate" -c "$has_venv" >/dev/null 2>&1; then python=$candidate; return; fi
        without_venv="$without_venv $candidate ($version)"
    done
    [ -z "$without_venv" ] || fail \
        "Python is here, but without its venv package:$without_venv." \
        "Debian/Ubuntu: sudo apt install python3-venv      (then run make again)"
    fail \
        "Python 3.10, 3.11, 3.12 or 3.13 is needed. Found:${seen:- none}." \
        "Debian/Ubuntu: sudo apt install python3 python3-venv      or name one: make $purpose PYTHON=/path/to/python3.12"
}

if complete; then exit 0; fi

# Two calls at once (make demo beside make test) must not build one environment together.
if command -v flock >/dev/null 2>&1 && [ -z "${LAYER_SEPARATION_LOCKED:-}" ]; then
    LAYER_SEPARATION_LOCKED=1 exec flock .venv.lock sh requirements/environment.sh "$purpose"
fi

usable=yes
if [ -e .venv/incomplete ] || ! fits .venv/bin/python; then usable=no; fi
if [ -n "${PYTHON:-}" ] && [ "$(version_of "$PYTHON")" != "$(version_of .venv/bin/python)" ]; then usable=no; fi
# An environment that was moved along with its folder still calls the interpreter by its old place.
if [ -e .venv/place ] && [ "$(cat .venv/place)" != "$(pwd -P)" ]; then usable=no; fi

if [ "$usable" = no ]; then
    find_python
    echo "Setting up .venv with Python $(version_of "$python") (once; torch is the large download)."
    rm -rf .venv
    mkdir .venv
    : >.venv/incomplete
    "$python" -m venv .venv
    pwd -P >.venv/place
else
    echo "Updating .venv for: $purpose."
    : >.venv/incomplete
fi

.venv/bin/python -m pip install --no-input --disable-pip-version-check --no-compile \
    --constraint requirements/constraints.txt --editable ".[$extras]" || fail \
    "The packages could not be installed; pip's message is above. Nothing else was changed." \
    "Run the same command again once it is mended: it starts over and takes finished downloads from pip's cache."
rm -f .venv/complete-demo .venv/complete-test
fingerprint >".venv/complete-$purpose"
rm .venv/incomplete
