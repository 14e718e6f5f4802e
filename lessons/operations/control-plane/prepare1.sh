sed -i 's/- kube-scheduler$/- kube-schedular/' /etc/kubernetes/manifests/kube-scheduler.yaml
