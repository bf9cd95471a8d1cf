#!/bin/sh
# Asks Sluice for a release, shows its story as it goes, and ends with its end. For CI jobs, which say things by variables: see README.md beside
# this file. The work is done by the command line sluice, whose exit statuses these are.
set -eu

case "${1:-}" in -h | --help)
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
  SLUICE_PATIENCE     how long to wait for the end; default 4h. The release goes on when this ends
  SLUICE_ON_CANCEL    abort: stop the release when this job is cancelled; default: let it go on
  SLUICE_RESULT       a file to which release=, end= and url= are appended
  SLUICE              the program; default sluice
  and whatever the AWS CLI takes (AWS_REGION, AWS_PROFILE, AWS_ENDPOINT_URL, ...)

Exit status:
  0 succeeded   1 rolled-back   2 wrong use, or AWS refused   3 rejected
  4 aborted     5 superseded    6 stuck                       7 no end in time, or AWS was out of sight
TEXT
	exit 0
	;;
esac
[ $# -eq 2 ] || { echo "release.sh: $# words were given: write a service and a revision, such as: release.sh checkout 42" >&2; exit 2; }
command -v "${SLUICE:-sluice}" >/dev/null || { echo "release.sh: the program ${SLUICE:-sluice} is missing: go install ./infra/sluice in a checkout of Sluice makes it, or name it with SLUICE" >&2; exit 2; }
export SLUICE_ENVIRONMENT="${SLUICE_ENVIRONMENT:-production}"
exec "${SLUICE:-sluice}" release "$1" "$2" --watch --patience "${SLUICE_PATIENCE:-4h}" --key "${SLUICE_KEY:-}" \
	--commit "${SLUICE_COMMIT:-}" --author "${SLUICE_AUTHOR:-}" --repository "${SLUICE_REPOSITORY:-}" --reason "${SLUICE_REASON:-}" \
	--on-cancel "${SLUICE_ON_CANCEL:-}" --result "${SLUICE_RESULT:-}"
