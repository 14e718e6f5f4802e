cat > slow.yaml <<'YAML'
apiVersion: v1
kind: Pod
metadata:
  name: slow
spec:
  containers:
    - name: web
      image: busybox
      command: ['sh', '-c', 'mkdir -p /www; echo up > /www/index.html; sleep 30; httpd -f -p 8080 -h /www']
      livenessProbe:
        httpGet: { path: /, port: 8080 }
        periodSeconds: 2
      startupProbe:
        httpGet: { path: /, port: 8080 }
        periodSeconds: 2
        failureThreshold: 30
YAML
kubectl replace --force -f slow.yaml
kubectl wait --for=condition=Ready pod/slow --timeout=120s
