[ "$(kubectl get pod web -o jsonpath='{.status.conditions[?(@.type=="Ready")].status}' 2>/dev/null)" = True ] || { echo "The Pod web is not ready yet."; exit 1; }
[ "$(kubectl get pod web -o jsonpath='{.status.containerStatuses[0].restartCount}')" = 0 ] || { echo "The container was started anew; delete the Pod and try again without that."; exit 1; }
