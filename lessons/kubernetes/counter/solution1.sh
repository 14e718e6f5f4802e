minikube docker-env
eval $(minikube docker-env)
docker build -t hello-node:v1 .
kubectl create deployment hello-node --image=hello-node:v1
kubectl expose deployment hello-node --type=LoadBalancer --port=8080
kubectl rollout status deployment hello-node --timeout=120s
kubectl get services
