[ "$(kubectl config view --minify -o jsonpath='{..namespace}' 2>/dev/null)" = blue ] || { echo "Your context does not use the namespace blue."; exit 1; }
kubectl get pod web -n blue >/dev/null 2>&1 || { echo "There is no Pod web in blue."; exit 1; }
