[ "$(kubectl get deployment web -o jsonpath='{.status.readyReplicas}' 2>/dev/null)" = 2 ] || { echo "The Pods of web do not run yet."; exit 1; }
