[ "$(kubectl get priorityclass urgent -o jsonpath='{.value}' 2>/dev/null)" = 1000 ] || { echo "There is no PriorityClass urgent with the value 1000."; exit 1; }
[ "$(kubectl get pod urgent -o jsonpath='{.status.phase}' 2>/dev/null)" = Running ] || { echo "The Pod urgent does not run yet."; exit 1; }
