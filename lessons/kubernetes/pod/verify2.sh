port=$(kubectl get service kubia-http -o jsonpath='{.spec.ports[0].nodePort}' 2>/dev/null)
[ -n "$port" ] || { echo "There is no Service kubia-http with a node port."; exit 1; }
curl -s "$(minikube ip):$port" | grep -q kubia || { echo "The Service does not lead to the Pod."; exit 1; }
