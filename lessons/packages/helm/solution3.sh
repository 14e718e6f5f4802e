helm upgrade front shop -f values.yaml --set image.tag=nope
helm rollback front 3
kubectl rollout status deployment front-shop --timeout=120s
helm history front
