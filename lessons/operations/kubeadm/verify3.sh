kubectl get node node01 >/dev/null 2>&1 || { echo "node01 is not part of the cluster yet: the join line must run on node01."; exit 1; }
[ "$(kubectl get node node01 -o jsonpath='{.status.conditions[?(@.type=="Ready")].status}')" = True ] || { echo "node01 has joined but is not Ready yet: its network needs a moment."; exit 1; }
