kubectl get node node01 -o jsonpath='{.spec.taints[*].key}' | grep -qw disk && { echo "node01 still has a taint disk."; exit 1; }
[ "$(kubectl get pod web -o jsonpath='{.status.phase}' 2>/dev/null)" = Running ] || { echo "web does not run yet."; exit 1; }
