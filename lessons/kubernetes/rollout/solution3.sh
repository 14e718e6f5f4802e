kubectl rollout undo deployment kubia
kubectl rollout status deployment kubia --timeout=180s
sleep 40
