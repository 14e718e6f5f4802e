minikube start
kubectl get nodes
