[ "$(kubectl get deployment hello-node -o jsonpath='{.spec.template.spec.containers[0].image} {.status.updatedReplicas}/{.status.readyReplicas}/{.status.replicas}' 2>/dev/null)" = "hello-node:v2 4/4/4" ] || { echo "Not all four Pods run hello-node:v2 yet."; exit 1; }
curl -s --max-time 5 $(minikube service hello-node --url) | grep -q '^Hello from' && { echo "The greeting is still the old one."; exit 1; }
exit 0
