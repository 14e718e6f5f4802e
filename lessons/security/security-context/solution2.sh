kubectl apply -f small.yaml
cat > small.yaml <<'YAML'
apiVersion: v1
kind: Pod
metadata:
  name: small
spec:
  containers:
    - name: nginx
      image: nginx
      securityContext:
        readOnlyRootFilesystem: true
        capabilities:
          drop: [ALL]
          add: [CHOWN, SETGID, SETUID]
      volumeMounts:
        - name: cache
          mountPath: /var/cache/nginx
        - name: run
          mountPath: /run
  volumes:
    - name: cache
      emptyDir: {}
    - name: run
      emptyDir: {}
YAML
kubectl replace --force -f small.yaml
kubectl wait --for=condition=Ready pod/small --timeout=60s
