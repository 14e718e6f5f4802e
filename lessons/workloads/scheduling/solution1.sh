kubectl taint nodes node01 disk=slow:NoSchedule
kubectl run web --image=nginx
cat >> patient.yaml <<'YAML'
  tolerations:
    - key: disk
      operator: Equal
      value: slow
      effect: NoSchedule
YAML
kubectl apply -f patient.yaml
kubectl wait --for=condition=Ready pod/patient --timeout=60s
