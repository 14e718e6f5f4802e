[ "$(kubectl get pod third -n blue -o jsonpath='{.spec.containers[0].resources.requests.cpu}' 2>/dev/null)" = 100m ] || { echo "The Pod third did not get its 100m from the LimitRange."; exit 1; }
