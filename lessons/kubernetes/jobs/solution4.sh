kubectl apply -f watcher.yaml
kubectl patch daemonset watcher -p '{"spec":{"template":{"spec":{"tolerations":[{"key":"node-role.kubernetes.io/control-plane","operator":"Exists","effect":"NoSchedule"}]}}}}'
kubectl rollout status daemonset watcher --timeout=180s
sleep 40
