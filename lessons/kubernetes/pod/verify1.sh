[ "$(kubectl get pod kubia -o jsonpath='{.status.phase}' 2>/dev/null)" = Running ] || { echo "The Pod kubia is not Running yet."; exit 1; }
