helm upgrade front shop --set image.tag=1.27
printf 'replicaCount: 2\nimage:\n  tag: "1.27"\n' > values.yaml
helm upgrade front shop -f values.yaml
kubectl rollout status deployment front-shop --timeout=120s
