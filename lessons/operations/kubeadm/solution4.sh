kubectl create deployment web --image=nginx --replicas=2
kubectl drain node01 --ignore-daemonsets
kubectl delete node node01
ssh node01 kubeadm reset -f
