minikube start -p test
minikube start -p production
kubectl --context=test create deployment web --image=nginx
kubectl --context=test rollout status deployment web --timeout=120s
