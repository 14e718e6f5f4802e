[ "$(kubectl get pod multi-pod -o jsonpath='{.spec.containers[*].name}' 2>/dev/null)" = "1st 2nd" ] || { echo "The Pod multi-pod is not there with its two containers."; exit 1; }
