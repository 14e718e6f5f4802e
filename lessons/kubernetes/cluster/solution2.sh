cd
kubectl describe node minikube
kubectl get node minikube -o jsonpath='{.status.allocatable.pods}' > answer
