kubectl expose pod kubia --type=NodePort --name kubia-http
kubectl get services
sleep 1
curl $(minikube ip):$(kubectl get service kubia-http -o jsonpath='{.spec.ports[0].nodePort}')
