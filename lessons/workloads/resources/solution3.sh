kubectl create deployment idle --image=nginx --replicas=4
kubectl set resources deployment idle --requests=cpu=600m
kubectl set resources deployment idle --requests=cpu=50m
kubectl rollout status deployment idle --timeout=120s
