minikube service hello-node --url
./test.sh
kubectl scale deployment hello-node --replicas=4
kubectl rollout status deployment hello-node --timeout=120s
sleep 2
./test.sh
./test.sh | wc -l > answer
