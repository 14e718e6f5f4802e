kubectl exec old -- tail -2 /var/log/old.log
cat >> reader.yaml <<'YAML'
  initContainers:
    - name: reader
      image: busybox
      restartPolicy: Always
      command: [tail, -F, /var/log/old.log]
      volumeMounts:
        - name: log
          mountPath: /var/log
YAML
kubectl apply -f reader.yaml
kubectl wait --for=condition=Ready pod/reader --timeout=60s
sleep 3
kubectl logs reader -c reader
