kubectl apply -k base
kubectl rollout status deployment web --timeout=120s
