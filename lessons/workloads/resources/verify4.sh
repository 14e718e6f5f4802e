[ "$(kubectl get pod safe -o jsonpath='{.status.qosClass}' 2>/dev/null)" = Guaranteed ] || { echo "There is no Pod safe of class Guaranteed."; exit 1; }
[ "$(kubectl get pod safe -o jsonpath='{.status.phase}')" = Running ] || { echo "safe does not run yet."; exit 1; }
