kubectl create -f kubia-gpu.yaml
kubectl label node node01 gpu=true
kubectl wait --for=condition=Ready pod/kubia-gpu --timeout=120s
