ssh node01 "$(kubeadm token create --print-join-command)"
kubectl wait --for=condition=Ready node/node01 --timeout=90s
kubectl get pods -A -o wide
