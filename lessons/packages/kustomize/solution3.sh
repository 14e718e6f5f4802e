sed -i s/blue/green/ base/kustomization.yaml
kubectl apply -k production
kubectl rollout status deployment web -n production --timeout=120s
kubectl exec -n production deploy/web -- printenv COLOUR > answer
