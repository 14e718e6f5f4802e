[ -f production/kustomization.yaml ] || { echo "There is no production/kustomization.yaml yet."; exit 1; }
[ "$(kubectl get deployment web -n production -o jsonpath='{.status.readyReplicas}' 2>/dev/null)" = 3 ] || { echo "In production there are not three ready Pods of web."; exit 1; }
[ "$(kubectl get deployment web -o jsonpath='{.spec.replicas}')" = 1 ] || { echo "In default there should still be one."; exit 1; }
grep -q replicas base/web.yaml && { echo "The base has been changed: leave it as it is."; exit 1; }
exit 0
