kubectl delete $(kubectl get pods -l app=hello-node -o name | head -1) --wait=false; ./test.sh
eval $(minikube docker-env)
sed -i 's/Hello from/Good evening from/' server.js
docker build -q -t hello-node:v2 .
kubectl set image deployment/hello-node hello-node=hello-node:v2
kubectl rollout status deployment hello-node --timeout=120s
curl -s $(minikube service hello-node --url)
