kubectl apply -f failing.yaml
kubectl wait --for=condition=Failed job/failing --timeout=300s
kubectl get job failing -o jsonpath='{.status.conditions[?(@.type=="Failed")].reason}' > ~/answer
