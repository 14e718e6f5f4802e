[ -n "$(kubectl get pod slow -o jsonpath='{.spec.containers[0].startupProbe}' 2>/dev/null)" ] || { echo "The container of slow has no startupProbe."; exit 1; }
[ "$(kubectl get pod slow -o jsonpath='{.status.conditions[?(@.type=="Ready")].status}')" = True ] || { echo "slow is not ready yet: it needs 30 seconds."; exit 1; }
[ "$(kubectl get pod slow -o jsonpath='{.status.containerStatuses[0].restartCount}')" = 0 ] || { echo "It was started anew: the probes still do not wait long enough."; exit 1; }
