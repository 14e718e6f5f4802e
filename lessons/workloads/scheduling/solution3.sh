kubectl taint nodes controlplane node-role.kubernetes.io/control-plane:NoSchedule-
kubectl apply -f pair.yaml
kubectl apply -f apart.yaml
kubectl patch deployment single --type=json -p '[{"op":"replace","path":"/spec/template/spec/affinity/podAntiAffinity","value":{"preferredDuringSchedulingIgnoredDuringExecution":[{"weight":100,"podAffinityTerm":{"topologyKey":"kubernetes.io/hostname","labelSelector":{"matchLabels":{"app":"single"}}}}]}}]'
kubectl rollout status deployment single --timeout=120s
