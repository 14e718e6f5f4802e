[ "$(kubectl get deployment kubia -o jsonpath='{.status.readyReplicas}' 2>/dev/null)" = 3 ] || { echo "The Deployment kubia does not have 3 ready Pods yet."; exit 1; }
