[ "$(kubectl get pod hungry -o jsonpath='{.status.phase}' 2>/dev/null)" = Running ] || { echo "hungry does not run yet."; exit 1; }
[ "$(kubectl get pod hungry -o jsonpath='{.status.containerStatuses[0].state.running}')" != "" ] || { echo "hungry was killed again: does the limit allow 150M?"; exit 1; }
limit=$(kubectl get pod hungry -o jsonpath='{.spec.containers[0].resources.limits.memory}')
[ -n "$limit" ] || { echo "hungry has no limit any more: it should have one."; exit 1; }
case $limit in 200Mi|1[5-9]?Mi|200M|1[6-9]?M) ;; *) echo "A limit of $limit is not between what it needs and 200Mi."; exit 1;; esac
