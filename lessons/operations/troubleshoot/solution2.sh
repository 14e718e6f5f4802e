kubectl set image deployment/stock redis=redis:7
kubectl rollout status deployment stock --timeout=120s
