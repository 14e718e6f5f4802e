kubectl create deployment kubia --image=luksa/kubia --replicas=3
kubectl expose deployment kubia --port=80 --target-port=8080
kubectl run client --image=curlimages/curl --command -- sleep infinity
kubectl rollout status deployment kubia --timeout=120s
kubectl wait --for=condition=Ready pod/client --timeout=120s
sleep 3
