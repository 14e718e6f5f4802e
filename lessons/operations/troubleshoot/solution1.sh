kubectl run client --image=curlimages/curl --command -- sleep infinity
kubectl set selector service shop app=front
kubectl wait --for=condition=Ready pod/client --timeout=60s
sleep 2
