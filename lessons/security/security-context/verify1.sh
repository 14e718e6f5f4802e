[ "$(kubectl get pod careful -o jsonpath='{.spec.securityContext.runAsUser}{.spec.containers[0].securityContext.runAsUser}' 2>/dev/null)" = 1000 ] || { echo "careful does not run as user 1000 any more."; exit 1; }
kubectl exec careful -- touch /data/mark 2>/dev/null || { echo "careful cannot write into /data yet."; exit 1; }
[ "$(kubectl exec careful -- stat -c %g /data 2>/dev/null)" = 2000 ] || { echo "/data does not belong to group 2000 yet."; exit 1; }
