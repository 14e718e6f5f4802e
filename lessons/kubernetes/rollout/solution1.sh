kubectl apply -f kubia.yaml
kubectl rollout status deployment kubia --timeout=180s
kubectl set image deployment kubia nodejs=luksa/kubia:v2
kubectl rollout status deployment kubia --timeout=180s
sleep 40
