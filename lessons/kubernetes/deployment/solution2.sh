kubectl scale deployment kubia --replicas=4
kubectl rollout status deployment kubia --timeout=180s
kubectl delete $(kubectl get pods -l app=kubia -o name | head -1)
kubectl rollout status deployment kubia --timeout=180s
kubectl get pods
