[ "$(kubectl get pod reader -o jsonpath='{.status.phase}' 2>/dev/null)" = Running ] || { echo "The Pod reader does not run yet."; exit 1; }
[ "$(kubectl get pod reader -o jsonpath='{.spec.initContainers[?(@.name=="reader")].restartPolicy}')" = Always ] || { echo "The Pod reader has no init container reader with restartPolicy Always."; exit 1; }
kubectl logs reader -c reader 2>/dev/null | grep -q entry || { echo "kubectl logs reader -c reader does not show the lines of /var/log/old.log."; exit 1; }
