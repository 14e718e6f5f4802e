kubectl patch deployment cart --type=json -p '[{"op":"replace","path":"/spec/template/spec/containers/0/livenessProbe/httpGet/port","value":80}]'
kubectl rollout status deployment cart --timeout=120s
