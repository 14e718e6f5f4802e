kubectl delete configmap treasure
kubectl create configmap regret
etcdutl snapshot restore /opt/snapshot.db --data-dir /var/lib/restored
grep -n /var/lib/etcd /etc/kubernetes/manifests/etcd.yaml
sed -i 's#path: /var/lib/etcd$#path: /var/lib/restored#' /etc/kubernetes/manifests/etcd.yaml
sleep 60
kubectl get configmaps
