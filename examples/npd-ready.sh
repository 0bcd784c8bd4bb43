#!/bin/sh
# A custom plugin of node-problem-detector: asks the hostdeps agent of this node about one check.
# "hostdeps check -o npd" prints the config that calls it; both lie beside each other in /custom-config.
#
# It ends with 0 when the check is ready or not applicable, 1 when the host lacks something, 2 when that is not known, and prints the
# reason in a line. It needs curl. HOSTDEPS_URL is the address of the agents' Service; a pod with hostNetwork resolves its name only
# with dnsPolicy: ClusterFirstWithHostNet. CURL_CA_BUNDLE names the CA where agents serve HTTPS.

check=${1:-}
url=${HOSTDEPS_URL:-http://hostdeps.hostdeps:9465}
line_end='
'

if [ -z "$check" ]; then
  echo "unknown: this plugin needs the name of a check"
  exit 2
fi

# Shorter than the rule's timeout, after which nothing would be said.
if ! answer=$(curl --silent --show-error --max-time 6 --write-out '\n%{http_code}' "$url/ready/$check" 2>&1); then
  echo "unknown: ${answer%%"$line_end"*}"
  exit 2
fi

# The first line is the answer, the last the status.
echo "${answer%%"$line_end"*}"
case "${answer##*"$line_end"} $answer" in
  200\ *) exit 0 ;;
  503\ missing:*) exit 1 ;;
  *) exit 2 ;;
esac
