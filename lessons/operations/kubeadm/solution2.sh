kubectl apply -f https://github.com/flannel-io/flannel/releases/latest/download/kube-flannel.yml
kubectl wait --for=condition=Ready node/controlplane --timeout=60s
ls /etc/cni/net.d
ls /etc/cni/net.d > answer
