[ "$(kubectl get deployment hello-node -o jsonpath='{.status.readyReplicas}' 2>/dev/null)" = 1 ] || { echo "There is no Deployment hello-node with a Pod that runs."; exit 1; }
[ "$(kubectl get service hello-node -o jsonpath='{.spec.type}:{.spec.ports[0].port}' 2>/dev/null)" = LoadBalancer:8080 ] || { echo "There is no Service hello-node of type LoadBalancer on port 8080."; exit 1; }
