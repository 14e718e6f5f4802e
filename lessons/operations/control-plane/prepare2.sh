sed -i 's#--etcd-certfile=/etc/kubernetes/pki/apiserver-etcd-client.crt#--etcd-certfile=/etc/kubernetes/pki/apiserver-etcd.crt#' /etc/kubernetes/manifests/kube-apiserver.yaml
