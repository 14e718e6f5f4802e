[ "$(kubectl get pod plain -o jsonpath='{.metadata.labels.env}' 2>/dev/null)" = debug ] || { echo "The Pod plain has no label env=debug yet."; exit 1; }
kubectl get pod kubia-manual-v2 >/dev/null 2>&1 || { echo "The Pod kubia-manual-v2 is not there."; exit 1; }
