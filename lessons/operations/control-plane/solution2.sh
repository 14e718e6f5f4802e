sed -i 's#pki/apiserver-etcd.crt#pki/apiserver-etcd-client.crt#' /etc/kubernetes/manifests/kube-apiserver.yaml
sleep 60
kubectl get nodes
