kubectl label $(kubectl get pod -l app=kubia -o name | head -1) app=aside --overwrite
sleep 5
kubectl rollout status deployment kubia --timeout=120s
