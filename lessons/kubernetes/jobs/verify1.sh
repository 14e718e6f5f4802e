[ "$(kubectl get job greet -o jsonpath='{.status.succeeded}' 2>/dev/null)" = 5 ] || { echo "The Job greet has not succeeded five times yet."; exit 1; }
