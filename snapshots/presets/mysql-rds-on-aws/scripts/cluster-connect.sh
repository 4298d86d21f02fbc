#!/usr/bin/env bash
# Opens a tunnel to the private API of a cluster and writes a kubeconfig that uses it.
# Usage: scripts/cluster-connect.sh staging|prod [--stop]
#
# The tunnel stays open in the background until --stop, or until Systems Manager ends it after 20 idle minutes.
# People go through the role shop-ENV-operator, CI through the role it has already.
set -euo pipefail

fail() {
  echo "cluster-connect: $*" >&2
  exit 1
}

environment="${1:-}"
case "$environment" in
  staging) account=111122223333 port=16444 ;;
  prod) account=444455556666 port=16443 ;;
  *) fail "usage: scripts/cluster-connect.sh staging|prod [--stop]" ;;
esac

cluster="shop-$environment"
operator="arn:aws:iam::$account:role/$cluster-operator"
kubeconfig="$HOME/.kube/$cluster"
pid_file="$kubeconfig.tunnel"
log_file="$kubeconfig.log"

stop_tunnel() {
  if [ -f "$pid_file" ]; then
    # The tunnel leads a process group of its own: the CLI starts session-manager-plugin as a child.
    kill -- "-$(cat "$pid_file")" 2> /dev/null || true
    rm -f "$pid_file"
  fi
}

if [ "${2:-}" = --stop ]; then
  stop_tunnel
  exit 0
fi

for tool in aws kubectl session-manager-plugin; do
  command -v "$tool" > /dev/null || fail "$tool is not installed"
done

identity="$(aws sts get-caller-identity --query '[Account, Arn]' --output text)" || fail "no AWS credentials; sign in to account $account and run: export AWS_PROFILE=shop-$environment"
read -r caller_account caller <<< "$identity"
[ "$caller_account" = "$account" ] || fail "these are credentials of account $caller_account, but $environment is account $account; run: export AWS_PROFILE=shop-$environment"

export AWS_REGION=eu-central-1
token_arguments=(eks get-token --cluster-name "$cluster" --region "$AWS_REGION")
case "$caller" in
  *":assumed-role/$cluster-ci-"* | *":assumed-role/$cluster-operator/"*) ;;
  *)
    token_arguments+=(--role-arn "$operator")
    credentials="$(aws sts assume-role --role-arn "$operator" --role-session-name "${caller##*/}" \
      --query 'Credentials.[AccessKeyId, SecretAccessKey, SessionToken]' --output text)" \
      || fail "$caller may not assume $operator; ask for sts:AssumeRole on it"
    read -r AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN <<< "$credentials"
    export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
    ;;
esac

instance="$(aws ec2 describe-instances \
  --filters "Name=tag:Name,Values=$cluster-access" Name=instance-state-name,Values=running \
  --query 'Reservations[0].Instances[0].InstanceId' --output text)"
[ "$instance" != None ] || fail "no access instance is running in account $account; its Auto Scaling group $cluster-access starts one"

stop_tunnel
mkdir -p "$HOME/.kube"
umask 077
set -m # a process group for the tunnel, so that --stop ends all of it
aws ssm start-session --target "$instance" --document-name "$cluster-cluster-tunnel" \
  --parameters "localPortNumber=$port" > "$log_file" 2>&1 < /dev/null &
echo "$!" > "$pid_file"
disown
set +m

read -r endpoint authority <<< "$(aws eks describe-cluster --name "$cluster" \
  --query 'cluster.[endpoint, certificateAuthority.data]' --output text)"

{
  printf 'apiVersion: v1\nkind: Config\ncurrent-context: %s\n' "$cluster"
  printf 'clusters:\n  - name: %s\n    cluster:\n' "$cluster"
  printf '      server: https://127.0.0.1:%s\n' "$port"
  printf '      tls-server-name: %s\n' "${endpoint#https://}"
  printf '      certificate-authority-data: %s\n' "$authority"
  printf 'contexts:\n  - name: %s\n    context: {cluster: %s, user: %s, namespace: shop}\n' "$cluster" "$cluster" "$cluster"
  printf 'users:\n  - name: %s\n    user:\n      exec:\n' "$cluster"
  printf '        apiVersion: client.authentication.k8s.io/v1\n        command: aws\n        interactiveMode: Never\n'
  printf '        args: [%s]\n' "$(IFS=,; echo "${token_arguments[*]}")"
} > "$kubeconfig"

for attempt in $(seq 1 30); do
  if KUBECONFIG="$kubeconfig" kubectl version --request-timeout=5s > /dev/null 2>> "$log_file"; then
    break
  fi
  kill -0 "$(cat "$pid_file")" 2> /dev/null || { cat "$log_file" >&2; fail "the tunnel broke off"; }
  [ "$attempt" -lt 30 ] || { cat "$log_file" >&2; fail "the cluster did not answer within a minute"; }
  sleep 2
done

if [ -n "${GITHUB_ENV:-}" ]; then
  echo "KUBECONFIG=$kubeconfig" >> "$GITHUB_ENV"
fi
echo "export KUBECONFIG=$kubeconfig"
