[ "$(kubectl get node node01 -o jsonpath='{.spec.unschedulable}')" = true ] || { echo "node01 should stay cordoned."; exit 1; }
[ "$(kubectl get deployment spread -o jsonpath='{.status.readyReplicas}' 2>/dev/null)" = 6 ] || { echo "spread does not have six ready Pods."; exit 1; }
