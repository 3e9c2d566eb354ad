#!/bin/sh
# sshkeys.sh writes the public keys of who may log in to an instance, or to a
# node, into an authorized_keys file. It is a hook for Ganeti OS definitions and
# works from cron as well. Ask gwm for the secret: gwm token add CLUSTER.
#
# Settings come from the environment, or from the file that GWM_SSHKEYS_CONF
# names (default: sshkeys.conf beside this script):
#
#   AUTHORIZED_KEYS   the file to write (default, with a TARGET directory:
#                     $TARGET/root/.ssh/authorized_keys)
#   GWM_HOST          where gwm is: gwm.example.org:8443
#   GWM_API_KEY_FILE  a file of mode 0600 with the secret of a token
#   GWM_API_KEY       the secret itself, where there is no such file; then the
#                     file with the settings must be of mode 0600
#   GWM_SLUG          the cluster; empty: the keys of the whole site
#   INSTANCE_NAME     the instance, set by Ganeti; empty: the keys of the cluster
#   GWM_CACERT        the certificate, or authority, to trust beside the system's
#   GWM_PIN           the pin of the certificate, as the log of gwm shows it
#   GWM_TIMEOUT       seconds to wait in all (default 60)
#
# It ends with 0 and the file replaced as a whole, or with 1, a message, and the
# file as it was. No secret is in the arguments of a command.
set -u
umask 077

fail() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    exit 1
}

# private FILE: nobody but its owner may read it.
private() {
    case $(ls -ldL -- "$1" 2>/dev/null) in
        -r[w-]-------*) ;;
        *) fail "$1 must be a file of mode 0600: it holds a secret" ;;
    esac
}

# name TEXT: fit to be a part of the address.
name() {
    case $1 in
        '' | .* | *[!A-Za-z0-9._+@-]*) fail "\"$1\" cannot be the name of a cluster or an instance" ;;
    esac
}

conf=${GWM_SSHKEYS_CONF:-$(dirname -- "$0")/sshkeys.conf}
if [ -r "$conf" ]; then
    # shellcheck source=/dev/null
    . "$conf" || fail "$conf cannot be read"
elif [ -n "${GWM_SSHKEYS_CONF:-}" ]; then
    fail "$conf cannot be read"
fi

: "${GWM_API_KEY_FILE:=}" "${GWM_API_KEY:=}" "${GWM_SLUG:=}" "${INSTANCE_NAME:=}"
if [ -z "${AUTHORIZED_KEYS:-}" ] && [ -n "${TARGET:-}" ]; then
    AUTHORIZED_KEYS=$TARGET/root/.ssh/authorized_keys
fi
[ -n "${AUTHORIZED_KEYS:-}" ] || fail "AUTHORIZED_KEYS is not set: which file is to be written?"
[ -n "${GWM_HOST:-}" ] || fail "GWM_HOST is not set: where is gwm?"

if [ -n "$GWM_API_KEY_FILE" ]; then
    private "$GWM_API_KEY_FILE"
    GWM_API_KEY=
    read -r GWM_API_KEY <"$GWM_API_KEY_FILE" || [ -n "$GWM_API_KEY" ] || fail "$GWM_API_KEY_FILE holds no secret"
elif [ -n "$GWM_API_KEY" ]; then
    if [ -r "$conf" ]; then private "$conf"; fi
else
    fail "neither GWM_API_KEY_FILE nor GWM_API_KEY is set: gwm token add makes a secret"
fi
case $GWM_API_KEY in
    '' | *[!A-Za-z0-9-]*) fail "what is given as the secret is not the secret of a token" ;;
esac

path=/keys/
if [ -n "$INSTANCE_NAME" ]; then
    [ -n "$GWM_SLUG" ] || fail "GWM_SLUG is not set: an instance needs its cluster"
    name "$GWM_SLUG"
    name "$INSTANCE_NAME"
    path=/cluster/$GWM_SLUG/$INSTANCE_NAME/keys/
elif [ -n "$GWM_SLUG" ]; then
    name "$GWM_SLUG"
    path=/cluster/$GWM_SLUG/keys/
fi

case $GWM_HOST in
    https://*) url=${GWM_HOST%/}$path ;;
    *://*) fail "GWM_HOST must be reached by https" ;;
    *) url=https://${GWM_HOST%/}$path ;;
esac
case $url in
    *[!]A-Za-z0-9._+@:/[-]*) fail "GWM_HOST is not the address of a host" ;;
esac

set -- --silent --show-error --fail --globoff --proto '=https' --max-time "${GWM_TIMEOUT:-60}" --retry 2 \
    --header 'Accept: text/plain' --config -
[ -z "${GWM_CACERT:-}" ] || set -- --cacert "$GWM_CACERT" "$@"
[ -z "${GWM_PIN:-}" ] || set -- --pinnedpubkey "$GWM_PIN" "$@"

dir=$(dirname -- "$AUTHORIZED_KEYS")
[ -d "$dir" ] || mkdir -p -m 0700 -- "$dir" || fail "$dir cannot be made"
new=$(mktemp "$dir/.authorized_keys.XXXXXX") || fail "nothing can be written in $dir"
trap 'rm -f -- "$new"' EXIT
trap 'exit 1' HUP INT TERM

# printf is a part of the shell: the secret goes to curl through the pipe only.
printf 'url = "%s"\nheader = "Authorization: Bearer %s"\n' "$url" "$GWM_API_KEY" |
    curl "$@" --output "$new" || fail "gwm did not give the keys of $path; $AUTHORIZED_KEYS stays as it is"

# What is no line of authorized_keys with the mark of gwm is no answer of gwm.
if grep -qv '^[a-z0-9@.-][a-z0-9@.-]* [A-Za-z0-9+/=][A-Za-z0-9+/=]* .*gwm-user=[^ ][^ ]*$' "$new"; then
    fail "what $GWM_HOST answered is not a list of keys; $AUTHORIZED_KEYS stays as it is"
fi
chmod 0600 -- "$new" && mv -f -- "$new" "$AUTHORIZED_KEYS" || fail "$AUTHORIZED_KEYS cannot be written"
