kubectl apply -f client.yaml
kubectl wait --for=condition=Ready pod/client -n shop
kubectl exec client -n shop -- ls /var/run/secrets/kubernetes.io/serviceaccount
kubectl exec client -n shop -- cat /scripts/ask.sh
kubectl exec client -n shop -- sh /scripts/ask.sh /api/v1/namespaces/shop/pods | grep podIP
kubectl exec client -n shop -- sh /scripts/ask.sh /api/v1/namespaces/shop/secrets
echo system:serviceaccount:shop:reader > answer
