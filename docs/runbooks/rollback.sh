#!/bin/sh
# Rolls a service of ECS back to an earlier revision of its task definition, and verifies every step.
# Read rollback.md first. AWS_ENDPOINT_URL leads it to the simulated estate.
set -eu

usage() {
    cat <<'END'
usage: rollback.sh --env ENV (--url URL ... | --no-smoke-tests) [options]

  --env ENV          staging or production: the cluster is ppbe-ENV
  --url URL          a smoke test: must answer 2xx; repeatable
  --no-smoke-tests   go without: say so, rather than forget it
  --service NAME     ppbe-api unless given
  --to REVISION      this revision; the newest active one before the present unless given
  --topic ARN        who is told; the topic ppbe-ENV-alerts unless given
  --timeout SECONDS  how long the service may take to become stable: 1800 unless given
  --yes              do not ask
  --dry-run          show what would be done, and stop

Exit code 0: rolled back and verified. 1: something failed after the service was pointed at the revision; the message
says what to do. 2: wrong usage, or a program is missing. 3: nothing was changed.
END
}

OK=0 FAILED=1 USAGE=2 UNCHANGED=3
env='' service=ppbe-api to='' topic='' timeout=1800 yes=no dry=no smoke=yes urls='' changed=no
EVERY=${ROLLBACK_POLL_SECONDS:-15}

say() { printf '%s %s\n' "$(date -u +%H:%M:%S)" "$*"; }
step() { printf '\n'; say "== $*"; }

# Ends the script: whoever is on call is told where it stopped, once the service was touched.
fail() {
    printf '\nrollback: %s\n' "$1" >&2
    if [ "$changed" = yes ]; then
        trap - INT TERM
        tell "FAILED: rollback of $service in $cluster" "$1" || printf 'rollback: the topic could not be told either\n' >&2
        exit $FAILED
    fi
    exit "${2:-$UNCHANGED}"
}
wrong() { usage >&2; printf '\nrollback: %s\n' "$1" >&2; exit $USAGE; }

# One question to AWS: fails with what AWS said.
ask_aws() { aws --output text "$@" || fail "aws $1 $2 failed: see above"; }

tell() {
    aws sns publish --topic-arn "$topic" --subject "$1" --output text --query MessageId --message "$1
$2
from: $current
to:   $target
by:   $who
at:   $(date -u +%Y-%m-%dT%H:%M:%SZ)" >/dev/null
}

while [ $# -gt 0 ]; do
    case $1 in
        --env | --url | --service | --to | --topic | --timeout)
            [ $# -ge 2 ] || wrong "$1 needs a value"
            case $1 in
                --env) env=$2 ;;
                --url) urls="$urls$2
" ;;
                --service) service=$2 ;;
                --to) to=$2 ;;
                --topic) topic=$2 ;;
                --timeout) timeout=$2 ;;
            esac
            shift 2
            ;;
        --yes) yes=yes && shift ;;
        --dry-run) dry=yes && shift ;;
        --no-smoke-tests) smoke=no && shift ;;
        -h | --help) usage && exit $OK ;;
        *) wrong "unknown option $1" ;;
    esac
done
[ -n "$env" ] || wrong "--env is missing"
[ -n "$urls" ] || [ $smoke = no ] || wrong "give a --url for the smoke tests, or --no-smoke-tests"
case $to in *[!0-9]*) wrong "--to takes the number of a revision, not $to" ;; esac
case $timeout in '' | *[!0-9]*) wrong "--timeout takes seconds, not $timeout" ;; esac
for program in aws curl; do
    command -v $program >/dev/null || { printf 'rollback: %s is missing; install it\n' $program >&2; exit $USAGE; }
done
cluster=ppbe-$env
export AWS_PAGER=''

step "1/8 what runs now"
who=$(ask_aws sts get-caller-identity --query Arn)
say "you are $who"
described=$(ask_aws ecs describe-services --cluster "$cluster" --services "$service" \
    --query 'services[0].[status, taskDefinition, deploymentController.type]')
# shellcheck disable=SC2086 # one word each
set -- $described
[ "${1:-None}" = ACTIVE ] || fail "there is no active service $service in $cluster"
current=$2
case ${3:-None} in
    ECS | None) ;;
    *) fail "$service is deployed by $3, not by ECS: roll back there (CodeDeploy: stop the deployment with rollback)" ;;
esac
case $current in arn:*) ;; *) current=$(ask_aws ecs describe-task-definition --task-definition "$current" \
    --query taskDefinition.taskDefinitionArn) ;; esac
family=${current##*/} && family=${family%:*}
say "$service runs ${current##*/}"

step "2/8 the revision to go back to"
if [ -z "$to" ]; then
    # Other families may begin alike, and the order is not to be relied on.
    known=$(ask_aws ecs list-task-definitions --family-prefix "$family" --status ACTIVE --query 'taskDefinitionArns[]')
    to=$(printf '%s\n' "$known" | tr '\t' '\n' | sed -n "s|.*:task-definition/$family:\([0-9][0-9]*\)\$|\1|p" |
        awk -v now="${current##*:}" '$1 + 0 < now + 0 && $1 + 0 > best { best = $1 + 0 } END { if (best) print best }')
    [ -n "$to" ] || fail "$family has no active revision before ${current##*:}: name one with --to, or deploy an earlier release"
fi
[ "$to" != "${current##*:}" ] || fail "$service runs revision $to already"
target=${current%:*}:$to
described=$(ask_aws ecs describe-task-definition --task-definition "$target" --query 'taskDefinition.[status, taskDefinitionArn]')
# shellcheck disable=SC2086 # one word each
set -- $described
[ "$1" = ACTIVE ] && [ "$2" = "$target" ] || fail "task definition $target is $1: only an active one can be run"
for each in "$current" "$target"; do
    images=$(ask_aws ecs describe-task-definition --task-definition "$each" --query 'taskDefinition.containerDefinitions[].[name, image]')
    printf '\n%s\n%s\n' "${each##*/}" "$images"
done
[ -n "$topic" ] || topic=$(ask_aws sns list-topics --query "Topics[?ends_with(TopicArn, ':$cluster-alerts')].TopicArn | [0]")
[ "$topic" != None ] || fail "there is no topic $cluster-alerts: name one with --topic"

step "3/8 consent"
[ $dry = no ] || { say "dry run: nothing was changed"; exit $OK; }
if [ $yes = no ]; then
    [ -t 0 ] || fail "nobody can be asked: give --yes"
    printf 'Point %s in %s at %s? Type the word rollback: ' "$service" "$cluster" "${target##*/}"
    read -r answer || answer=''
    [ "$answer" = rollback ] || fail "not confirmed; nothing was changed"
fi
say "going back from ${current##*/} to ${target##*/}"

step "4/8 point the service at it"
pointed=$(ask_aws ecs update-service --cluster "$cluster" --service "$service" --task-definition "$target" \
    --query service.taskDefinition)
changed=yes
trap 'fail "interrupted: the service is on its way to ${target##*/}; look with: aws ecs describe-services --cluster $cluster --services $service"' INT TERM
[ "$pointed" = "$target" ] || fail "ECS answered with $pointed, not with $target"

step "5/8 wait until it is stable"
left=$timeout
while :; do
    described=$(ask_aws ecs describe-services --cluster "$cluster" --services "$service" --query \
        "services[0].[taskDefinition, desiredCount, runningCount, pendingCount, length(deployments), deployments[?status=='PRIMARY'] | [0].taskDefinition, deployments[?status=='PRIMARY'] | [0].rolloutState]")
    # shellcheck disable=SC2086 # one word each
    set -- $described
    desired=$2
    say "running $3 of $2, pending $4, deployments $5, rollout $7"
    [ "$1" = "$target" ] || fail "the service was pointed at ${1##*/} meanwhile: somebody else deploys, or the circuit breaker went back"
    [ "$7" != FAILED ] || fail "the rollout failed: see the events of the service"
    [ "$6" = "$target" ] && [ "$3" = "$2" ] && [ "$4" = 0 ] && [ "$5" = 1 ] && [ "$7" = COMPLETED ] && break
    [ "$left" -gt 0 ] || fail "not stable after $timeout s: it goes on by itself; see the events of the service"
    sleep "$EVERY" && left=$((left - EVERY))
done

step "6/8 targets"
# With blue/green of ECS the live group is either of the two.
groups=$(ask_aws ecs describe-services --cluster "$cluster" --services "$service" \
    --query 'services[0].loadBalancers[].[targetGroupArn, advancedConfiguration.alternateTargetGroupArn][]')
groups=$(printf '%s\n' "$groups" | tr '\t' '\n' | sed '/^None$/d')
while [ -n "$groups" ]; do
    healthy=0
    for each in $groups; do
        here=$(ask_aws elbv2 describe-target-health --target-group-arn "$each" \
            --query "length(TargetHealthDescriptions[?TargetHealth.State=='healthy'])")
        healthy=$((healthy + here))
    done
    say "$healthy healthy targets, $desired tasks"
    [ "$healthy" -lt "$desired" ] || break
    [ "$left" -gt 0 ] || fail "only $healthy of $desired targets are healthy: see AlbTargetsUnhealthy"
    sleep "$EVERY" && left=$((left - EVERY))
done
[ -n "$groups" ] || say "the service has no target group"

step "7/8 smoke tests"
[ -n "$urls" ] || say "none, as you said"
while read -r url; do
    [ -n "$url" ] || continue
    code=$(curl --silent --show-error --max-time 10 --retry 3 --output /dev/null --write-out '%{http_code}' "$url") ||
        fail "$url does not answer"
    case $code in 2??) say "$code $url" ;; *) fail "$url answers $code" ;; esac
done <<END
$urls
END

step "8/8 tell"
tell "Rolled back: $service in $cluster" "It runs ${target##*/}: stable, targets healthy, smoke tests $([ -n "$urls" ] && echo passed || echo left out)." ||
    fail "rolled back and verified, but $topic could not be told: tell people yourself"
say "done: $service runs ${target##*/}; stop the pipeline from deploying ${current##*/} again"
