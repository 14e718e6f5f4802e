[ "$(kubectl get deployment kubia -o jsonpath='{.spec.replicas}' 2>/dev/null)" = 4 ] || { echo "The Deployment does not ask for 4 Pods yet."; exit 1; }
[ "$(kubectl get deployment kubia -o jsonpath='{.status.readyReplicas}')" = 4 ] || { echo "Not all 4 Pods are ready yet."; exit 1; }
