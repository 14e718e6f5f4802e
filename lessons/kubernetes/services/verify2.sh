[ "$(kubectl get pods -l app=aside --no-headers 2>/dev/null | wc -l)" -ge 1 ] || { echo "No Pod has the label app=aside."; exit 1; }
[ "$(kubectl get deployment kubia -o jsonpath='{.status.readyReplicas}')" = 3 ] || { echo "The Deployment does not have three ready Pods yet."; exit 1; }
