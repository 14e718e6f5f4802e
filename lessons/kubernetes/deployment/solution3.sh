kubectl set image deployment kubia nodejs=luksa/kubia:v2
kubectl rollout status deployment kubia --timeout=180s
kubectl rollout undo deployment kubia
kubectl rollout status deployment kubia --timeout=180s
kubectl rollout history deployment kubia
