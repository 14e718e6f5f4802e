kubectl apply -f ready.yaml
kubectl wait --for=jsonpath='{.status.phase}'=Running pod/web --timeout=120s
kubectl exec web -- touch /tmp/ready
kubectl wait --for=condition=Ready pod/web --timeout=60s
