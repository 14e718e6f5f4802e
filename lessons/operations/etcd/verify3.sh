grep -q 'path: /var/lib/restored' /etc/kubernetes/manifests/etcd.yaml || { echo "The manifest of etcd does not name /var/lib/restored yet."; exit 1; }
kubectl get configmap treasure >/dev/null 2>&1 || { echo "The treasure is not back yet. Does etcd use /var/lib/restored?"; exit 1; }
kubectl get configmap regret >/dev/null 2>&1 && { echo "regret is still there: this is not the restored store."; exit 1; }
exit 0
