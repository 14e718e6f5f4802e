kubectl create namespace production
mkdir -p production
cat > production/kustomization.yaml <<'YAML'
resources:
  - ../base
namespace: production
replicas:
  - name: web
    count: 3
YAML
kubectl apply -k production
kubectl rollout status deployment web -n production --timeout=120s
