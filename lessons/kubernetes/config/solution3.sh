kubectl create configmap page --from-literal=index.html="Closed"
kubectl apply -f page.yaml
kubectl wait --for=condition=Ready pod/page --timeout=120s
kubectl create configmap page --from-literal=index.html="Open" --dry-run=client -o yaml | kubectl replace -f -
sleep 100
