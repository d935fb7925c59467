#!/bin/sh
# NAME_FILE=/run/secrets/… becomes NAME=<its text>, as the official images do; then the command takes this process's place.
set -eu
for name in $(env | sed -n 's|^\([A-Za-z_][A-Za-z0-9_]*\)_FILE=/run/secrets/.*|\1|p'); do
    eval "file=\${${name}_FILE}"
    if [ ! -r "$file" ]; then
        echo "cellbench: secret $file (for $name) cannot be read; see deploy/compose.md" >&2
        exit 1
    fi
    export "$name=$(cat "$file")"
    unset "${name}_FILE"
done
exec "$@"
