kubectl uncordon node01
kubectl rollout restart deployment web
kubectl create poddisruptionbudget web --selector=app=web --min-available=4
timeout 30 kubectl drain node01 --ignore-daemonsets
kubectl patch pdb web -p '{"spec":{"minAvailable":3}}'
kubectl drain node01 --ignore-daemonsets
kubectl rollout status deployment web --timeout=120s
