#!/bin/sh
# Asks Sluice for a release, shows its story as it goes, and ends with its end. For CI jobs: see README.md beside this file.
set -eu

usage() {
	cat <<'TEXT'
Usage: release.sh SERVICE REVISION

Asks Sluice to release a revision (a published Lambda version, such as 42) and waits for the end.

Environment:
  SLUICE_ENVIRONMENT  which Sluice; default production
  SLUICE_COMMIT       commit that the revision was built from
  SLUICE_REPOSITORY   where the commit is, with its host: github/acme/checkout. GitHub is then told how the release goes
  SLUICE_AUTHOR       who wrote it: never counts as an approver
  SLUICE_REASON       why, for the record
  SLUICE_PATIENCE     seconds to wait for the end; default 14400 (4 hours). The release goes on when this ends
  SLUICE_POLL         seconds between two looks; default 5
  SLUICE_ON_CANCEL    abort: stop the release when this job is cancelled; default: let it go on
  and whatever the AWS CLI takes (AWS_REGION, AWS_PROFILE, AWS_ENDPOINT_URL, ...)

Exit status:
  0 succeeded   1 rolled-back   2 wrong use, or AWS refused   3 rejected
  4 aborted     5 superseded    6 stuck                       7 no end in time
TEXT
}

fail() { echo "release.sh: $*" >&2; exit 2; }

case "${1:-}" in -h | --help) usage; exit 0 ;; esac
[ $# -eq 2 ] || { usage >&2; exit 2; }
service=$1 revision=$2
case "$service" in '' | [!a-z]* | *[!a-z0-9-]*) fail "\"$service\" is no service name: write it as in its definition" ;; esac
case "$revision" in '' | *[!0-9]*) fail "\"$revision\" is no revision: publish a version (aws lambda publish-version) and write its number" ;; esac
command -v aws >/dev/null || fail "the AWS CLI is missing: install it (https://docs.aws.amazon.com/cli/)"

name=sluice-${SLUICE_ENVIRONMENT:-production}
export AWS_PAGER=
# Version 1 of the AWS CLI knows the region by this name only.
[ -z "${AWS_REGION:-}" ] || export AWS_DEFAULT_REGION="$AWS_REGION"

# quoted makes a text fit for JSON: one line, quotes and backslashes escaped.
quoted() { printf '%s' "$1" | tr '\000-\037' ' ' | sed 's/\\/\\\\/g; s/"/\\"/g'; }

digest() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi; }

# put sends an event to Sluice's bus and answers its id. PutEvents answers 200 even for an entry that it did not take.
put() {
	entry=$(printf '[{"EventBusName":"%s","Source":"ci","DetailType":"%s","Detail":"%s"}]' "$name" "$1" "$(quoted "$2")")
	answer=$(aws events put-events --entries "$entry" --query '[FailedEntryCount,Entries[0].EventId,Entries[0].ErrorMessage]' --output text) ||
		fail "the event could not be sent: see above"
	set -- $answer
	[ "$1" = 0 ] || fail "the bus $name did not take the event: $answer"
	echo "$2"
}

event=$(put release.requested "$(printf '{"service":"%s","revision":"%s","repository":"%s","commit":"%s","author":"%s","reason":"%s","requester":"ci"}' \
	"$service" "$revision" "$(quoted "${SLUICE_REPOSITORY:-}")" "$(quoted "${SLUICE_COMMIT:-}")" "$(quoted "${SLUICE_AUTHOR:-}")" "$(quoted "${SLUICE_REASON:-}")")") || exit 2
# The id follows from what was asked and by which event, so that one event makes one release (events/id.go).
release=$service-$(printf '%s\000%s\000%s' "$service" "$revision" "$event" | digest | cut -c 1-12)
echo "$release: version $revision of $service was asked for."

read_record() {
	aws dynamodb get-item --table-name "$name" --consistent-read --key "{\"pk\":{\"S\":\"release#$release\"},\"sk\":{\"S\":\"release\"}}" "$@" --output text
}

cancelled() {
	if [ "${SLUICE_ON_CANCEL:-}" = abort ]; then
		put release.abort-requested "{\"release\":\"$release\",\"by\":\"ci\",\"reason\":\"the job was cancelled\"}" >/dev/null
		echo "$release: asked to stop, because this job was cancelled." >&2
	else
		echo "$release goes on without this job. To stop it, send release.abort-requested (docs/operations.md)." >&2
	fi
	exit 7
}
trap cancelled INT TERM

shown=0 begun=$(date +%s)
while :; do
	end=$(read_record --query Item.end.S) || fail "the record could not be read: see above"
	story=$(read_record --query 'Item.audit.L[].M.[who.S,what.S]') || fail "the record could not be read: see above"
	if [ "$story" != None ] && [ -n "$story" ]; then
		printf '%s\n' "$story" | tail -n "+$((shown + 1))" | sed 's/^/  /'
		shown=$(printf '%s\n' "$story" | wc -l)
	elif [ $(($(date +%s) - begun)) -gt 120 ]; then
		fail "nobody took the request within two minutes: is there a bus $name, and is its rule $name-trigger enabled?"
	fi
	case "$end" in
	succeeded) echo "$release: succeeded"; exit 0 ;;
	rolled-back) echo "$release: rolled-back"; exit 1 ;;
	rejected) echo "$release: rejected"; exit 3 ;;
	aborted) echo "$release: aborted"; exit 4 ;;
	superseded) echo "$release: superseded"; exit 5 ;;
	stuck) echo "$release: STUCK. Somebody has to look at it now (docs/operations.md)."; exit 6 ;;
	esac
	if [ $(($(date +%s) - begun)) -gt "${SLUICE_PATIENCE:-14400}" ]; then
		echo "$release has not ended within ${SLUICE_PATIENCE:-14400} seconds. It goes on without this job." >&2
		exit 7
	fi
	sleep "${SLUICE_POLL:-5}" &
	wait $! # so that a cancelled job does not sleep on
done
