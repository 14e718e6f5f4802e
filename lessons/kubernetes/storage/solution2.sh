kubectl apply -f writer.yaml
kubectl wait --for=condition=Ready pod/writer --timeout=120s
kubectl exec writer -- sh -c "echo kept > /data/note"
kubectl delete pod writer --now
kubectl apply -f writer.yaml
kubectl wait --for=condition=Ready pod/writer --timeout=120s
kubectl exec writer -- cat /data/note > ~/answer
