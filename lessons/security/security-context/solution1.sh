kubectl run plain --image=busybox --command -- sleep 1d
kubectl apply -f careful.yaml
kubectl exec careful -- touch /etc/mark
kubectl exec careful -- touch /data/mark
sed -i 's/runAsUser: 1000/runAsUser: 1000\n    fsGroup: 2000/' careful.yaml
kubectl replace --force -f careful.yaml
kubectl wait --for=condition=Ready pod/careful --timeout=60s
kubectl exec careful -- id
kubectl exec careful -- ls -ld /data
