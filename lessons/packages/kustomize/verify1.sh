[ "$(kubectl get deployment web -o jsonpath='{.status.readyReplicas}' 2>/dev/null)" = 1 ] || { echo "The Deployment web of the base does not run in default yet."; exit 1; }
