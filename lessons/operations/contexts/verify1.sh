[ "$(kubectl --context=test get deployment web -o jsonpath='{.status.readyReplicas}' 2>/dev/null)" = 1 ] || { echo "In test there is no Deployment web that runs."; exit 1; }
kubectl --context=production get deployment web >/dev/null 2>&1 && { echo "There is a Deployment web in production: take it away."; exit 1; }
exit 0
