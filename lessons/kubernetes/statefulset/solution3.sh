kubectl scale statefulset web --replicas=4
kubectl rollout status statefulset web --timeout=180s
kubectl scale statefulset web --replicas=1
sleep 60
