kubectl apply -f busy.yaml
kubectl wait --for=condition=Ready pod/busy --timeout=60s
sleep 5
kubectl exec busy -- cat /sys/fs/cgroup/cpu.stat | awk '/nr_throttled/ {print $2}' > answer
