[ "$(kubectl get pod patient -o jsonpath='{.spec.nodeName} {.status.phase}' 2>/dev/null)" = "node01 Running" ] || { echo "The Pod patient does not run on node01."; exit 1; }
kubectl get node node01 -o jsonpath='{.spec.taints[*].key}' | grep -qw disk || { echo "node01 has lost its taint disk: the Pod should put up with it."; exit 1; }
