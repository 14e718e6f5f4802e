cd
kubectl apply -f kubia.yaml
kubectl rollout status deployment kubia --timeout=180s
