kubectl apply -f spread.yaml
kubectl cordon node01
kubectl scale deployment spread --replicas=6
kubectl patch deployment spread --type=json -p '[{"op":"replace","path":"/spec/template/spec/topologySpreadConstraints/0/whenUnsatisfiable","value":"ScheduleAnyway"}]'
kubectl rollout status deployment spread --timeout=120s
