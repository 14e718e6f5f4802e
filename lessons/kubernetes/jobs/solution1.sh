kubectl apply -f job.yaml
kubectl wait --for=condition=Complete job/greet --timeout=180s
