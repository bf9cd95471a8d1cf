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
  SLUICE_KEY          a name of your own for this request; the same key asks once. Default: a random one
  SLUICE_PATIENCE     seconds to wait for the end; default 14400 (4 hours). The release goes on when this ends
  SLUICE_POLL         seconds between two looks; default 5
  SLUICE_BLIND        seconds without an answer of AWS after which the job ends; default 600. The release goes on
  SLUICE_ON_CANCEL    abort: stop the release when this job is cancelled; default: let it go on
  and whatever the AWS CLI takes (AWS_REGION, AWS_PROFILE, AWS_ENDPOINT_URL, ...)

Exit status:
  0 succeeded   1 rolled-back   2 wrong use, or AWS refused   3 rejected
  4 aborted     5 superseded    6 stuck                       7 no end in time, or AWS was out of sight
TEXT
}

fail() { echo "release.sh: $*" >&2; exit 2; }

case "${1:-}" in -h | --help) usage; exit 0 ;; esac
[ $# -eq 2 ] || { usage >&2; fail "$# words were given: write a service and a revision, such as: release.sh checkout 42"; }
service=$1 revision=$2
case "$service" in '' | [!a-z]* | *[!a-z0-9-]*) fail "\"$service\" is no service name: write it as in its definition" ;; esac
case "$revision" in '' | *[!0-9]*) fail "\"$revision\" is no revision: publish a version (aws lambda publish-version) and write its number" ;; esac
for setting in SLUICE_PATIENCE SLUICE_POLL SLUICE_BLIND; do
	eval "value=\${$setting:-0}"
	case "$value" in *[!0-9]*) fail "$setting is \"$value\": write a number of seconds" ;; esac
done
case "${SLUICE_POLL:-5}" in *[1-9]*) ;; *) fail "SLUICE_POLL is \"$SLUICE_POLL\": write 1 or more seconds" ;; esac
case "${SLUICE_ENVIRONMENT:-production}" in [!a-z]* | *[!a-z0-9-]*) fail "SLUICE_ENVIRONMENT is \"$SLUICE_ENVIRONMENT\": write small letters, digits and hyphens, such as production" ;; esac
case "${SLUICE_REPOSITORY:-}" in '' | */*/* | codecommit/*) ;; *) fail "SLUICE_REPOSITORY is \"$SLUICE_REPOSITORY\": write it with its host, such as github/acme/checkout" ;; esac
case "${SLUICE_REPOSITORY:-}" in *://* | *.git) fail "SLUICE_REPOSITORY is \"$SLUICE_REPOSITORY\": write host and name alone, such as github/acme/checkout" ;; esac
case "${AWS_REGION:-}" in '' | [a-z]*-*-[0-9] | [a-z]*-*-[0-9][0-9]) ;; *) fail "AWS_REGION is \"$AWS_REGION\": write a Region's code, such as eu-central-1" ;; esac
case "${SLUICE_ON_CANCEL:-}" in '' | abort) ;; *) fail "SLUICE_ON_CANCEL is \"$SLUICE_ON_CANCEL\": write abort, or leave it out" ;; esac
command -v aws >/dev/null || fail "the AWS CLI is missing: install it (https://docs.aws.amazon.com/cli/)"

name=sluice-${SLUICE_ENVIRONMENT:-production}
blind=${SLUICE_BLIND:-600}
export AWS_PAGER=
# Version 1 of the AWS CLI knows the region by this name only.
[ -z "${AWS_REGION:-}" ] || export AWS_DEFAULT_REGION="$AWS_REGION"

# quoted makes a text fit for JSON: one line, quotes and backslashes escaped.
quoted() { printf '%s' "$1" | tr '\000-\037' ' ' | sed 's/\\/\\\\/g; s/"/\\"/g'; }

digest() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi; }

now() { date +%s; }

complaints=$(mktemp)
trap 'rm -f "$complaints"' EXIT

# call runs the AWS CLI, once: this script tries again by itself. A cancelled job does not cut it off, because then nobody would know
# whether the event was sent.
call() {
	(
		trap '' INT TERM
		AWS_MAX_ATTEMPTS=1
		export AWS_MAX_ATTEMPTS
		exec aws "$@" --cli-connect-timeout 10 --cli-read-timeout 20 2>"$complaints"
	)
}

# hopeless says that trying again would change nothing. Whatever else goes wrong passes by itself: no answer, throttling, an error of AWS.
hopeless() {
	grep -Eq 'Expired|AccessDenied|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|NotAuthorized|[Uu]nable to locate credentials|must specify a region|ValidationException|ResourceNotFound|Unknown options|usage:' "$complaints"
}

# explain says what AWS refused, and what to do about it.
explain() {
	cat "$complaints" >&2
	if grep -q Expired "$complaints"; then
		echo "release.sh: the credentials of this job have expired. Let them last as long as a release does: role-duration-seconds in GitHub's action and the maximum session duration of the role, or let the AWS CLI renew them (AWS_WEB_IDENTITY_TOKEN_FILE)." >&2
	elif grep -Eq 'AccessDenied|NotAuthorized' "$complaints"; then
		echo "release.sh: the role of this job lacks a permission: give it those of policy.json, for bus and table $name." >&2
	elif grep -Eq '[Uu]nable to locate credentials|must specify a region' "$complaints"; then
		echo "release.sh: give this job credentials of AWS and a region (AWS_REGION)." >&2
	fi
}

# put sends an event to Sluice's bus, again and again until AWS takes it. PutEvents answers 200 even for an entry that it did not take.
put() {
	entry=$(printf '[{"EventBusName":"%s","Source":"ci","DetailType":"%s","Detail":"%s"}]' "$name" "$1" "$(quoted "$2")")
	until=$(($(now) + blind))
	while :; do
		if answer=$(call events put-events --entries "$entry" --query '[FailedEntryCount,Entries[0].ErrorCode,Entries[0].ErrorMessage]' --output text); then
			case "$answer" in
			0*) return 0 ;;
			*Internal* | *Throttl*) echo "$answer" >"$complaints" ;;
			*) echo "release.sh: the bus $name did not take the event: $answer" >&2; return 1 ;;
			esac
		elif hopeless; then
			explain
			return 1
		fi
		[ "$(now)" -lt "$until" ] || { explain; return 1; }
		sleep 2
	done
}

# The id follows from what is asked and a key of this job, so that it is known before anything is sent, and a request that is sent
# twice makes one release (events/id.go).
key=${SLUICE_KEY:-$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')}
release=$service-$(printf '%s\000%s\000key:%s' "$service" "$revision" "$key" | digest | cut -c 1-12)

# look reads the record: first one line of its end, page, remedy and cause, then the story line by line.
look() {
	call dynamodb get-item --table-name "$name" --consistent-read --key "{\"pk\":{\"S\":\"release#$release\"},\"sk\":{\"S\":\"release\"}}" \
		--query "Item.[[[end.S,page.S,rejection.M.remedy.S,cause.M.reason.S]],audit.L[].M.[who.S,what.S]][]" --output text
}

asked=no
cancelled() {
	trap '' INT TERM
	if [ "$asked" = no ]; then
		echo "release.sh: this job was cancelled before it asked for anything." >&2
	elif [ "${SLUICE_ON_CANCEL:-}" != abort ]; then
		echo "$release goes on without this job. To stop it, send release.abort-requested (docs/operations.md).${page:+ $page}" >&2
	elif blind=20 && put release.abort-requested "{\"release\":\"$release\",\"by\":\"ci\",\"reason\":\"the job was cancelled\"}"; then
		echo "$release: asked to stop, because this job was cancelled.${page:+ $page}" >&2
	else
		echo "$release could NOT be asked to stop: it goes on. Stop it by hand (docs/operations.md).${page:+ $page}" >&2
	fi
	exit 7
}
page=
trap cancelled INT TERM

asked=perhaps
put release.requested "$(printf '{"service":"%s","revision":"%s","key":"%s","repository":"%s","commit":"%s","author":"%s","reason":"%s","requester":"ci"}' \
	"$service" "$revision" "$(quoted "$key")" "$(quoted "${SLUICE_REPOSITORY:-}")" "$(quoted "${SLUICE_COMMIT:-}")" "$(quoted "${SLUICE_AUTHOR:-}")" "$(quoted "${SLUICE_REASON:-}")")" ||
	fail "the release was not asked for"
asked=yes
echo "$release: version $revision of $service was asked for."

# ended says the end in one line, what to do about it, and where to read more.
ended() {
	echo "$release: $1"
	[ -z "$3" ] || echo "  $3"
	[ -z "$page" ] || echo "  More: $page"
	exit "$2"
}

known() { case "$1" in None) ;; *) printf '%s' "$1" ;; esac; }

shown=0 begun=$(now) seen=$(now)
while :; do
	if record=$(look); then
		seen=$(now)
	elif hopeless; then
		explain
		grep -q Expired "$complaints" || exit 2
		echo "$release goes on without this job.${page:+ $page}" >&2
		exit 7
	elif [ $(($(now) - seen)) -ge "$blind" ]; then
		cat "$complaints" >&2
		echo "AWS has not answered for $blind seconds. $release goes on without this job.${page:+ $page}" >&2
		exit 7
	else
		record=
	fi
	if [ -n "$record" ] && [ "$record" != None ]; then
		end=$(printf '%s\n' "$record" | sed -n 1p | cut -f 1)
		address=$(known "$(printf '%s\n' "$record" | sed -n 1p | cut -f 2)")
		remedy=$(known "$(printf '%s\n' "$record" | sed -n 1p | cut -f 3)")
		cause=$(known "$(printf '%s\n' "$record" | sed -n 1p | cut -f 4)")
		if [ -z "$page" ] && [ -n "$address" ]; then page=$address; echo "  $page"; fi
		printf '%s\n' "$record" | tail -n "+$((shown + 2))" | sed 's/^/  /'
		shown=$(($(printf '%s\n' "$record" | wc -l) - 1))
		case "$end" in
		succeeded) ended succeeded 0 '' ;;
		rolled-back) ended rolled-back 1 "Why: ${cause:-see its page}" ;;
		rejected) ended rejected 3 "What to do: ${remedy:-see its page}" ;;
		aborted) ended aborted 4 "Why: ${cause:-see its page}" ;;
		superseded) ended superseded 5 "A newer release took its place: look at that one." ;;
		stuck) ended STUCK 6 "Somebody has to look at it now (docs/operations.md): ${cause:-}" ;;
		esac
	elif [ $(($(now) - begun)) -gt 120 ] && [ "$seen" -gt "$begun" ]; then
		fail "nobody took the request within two minutes: is there a bus $name, and is its rule $name-trigger enabled?"
	fi
	if [ $(($(now) - begun)) -gt "${SLUICE_PATIENCE:-14400}" ]; then
		echo "$release has not ended within ${SLUICE_PATIENCE:-14400} seconds. It goes on without this job.${page:+ $page}" >&2
		exit 7
	fi
	sleep "${SLUICE_POLL:-5}" &
	wait $! # so that a cancelled job does not sleep on
done
