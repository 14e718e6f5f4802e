[ "$(kubectl get deployment stock -o jsonpath='{.status.readyReplicas}' 2>/dev/null)" = 1 ] || { echo "stock has no ready Pod yet."; exit 1; }
