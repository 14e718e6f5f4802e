kubectl exec page -- curl -s localhost 2>/dev/null | grep -q Open || { echo "The page does not say Open yet. A change of the ConfigMap takes up to a minute."; exit 1; }
[ "$(kubectl get pod page -o jsonpath='{.status.containerStatuses[0].restartCount}')" = 0 ] || { echo "The container was made anew."; exit 1; }
