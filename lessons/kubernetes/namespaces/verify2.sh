[ "$(kubectl get pod second -n blue -o jsonpath='{.spec.containers[0].resources.requests.cpu}' 2>/dev/null)" = 200m ] || { echo "There is no Pod second in blue that asks for 200m."; exit 1; }
kubectl get quota share -n blue >/dev/null 2>&1 || { echo "There is no quota share in blue."; exit 1; }
