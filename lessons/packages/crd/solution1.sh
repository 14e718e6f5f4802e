kubectl apply -f cakes.yaml
kubectl apply -f - <<'YAML'
apiVersion: bakery.test/v1
kind: Cake
metadata:
  name: birthday
spec:
  flavour: lemon
  slices: 8
YAML
