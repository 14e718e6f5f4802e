kubectl create namespace strict
kubectl label namespace strict pod-security.kubernetes.io/enforce=restricted
kubectl run plain --image=busybox -n strict --command -- sleep 1d
kubectl create deployment plain --image=busybox -n strict -- sleep 1d
cat > good.yaml <<'YAML'
apiVersion: v1
kind: Pod
metadata:
  name: good
  namespace: strict
spec:
  securityContext:
    runAsNonRoot: true
    runAsUser: 1000
    seccompProfile: {type: RuntimeDefault}
  containers:
    - name: good
      image: busybox
      command: [sleep, 1d]
      securityContext:
        allowPrivilegeEscalation: false
        capabilities: {drop: [ALL]}
YAML
kubectl apply -f good.yaml
kubectl wait --for=condition=Ready pod/good -n strict --timeout=60s
