[ "$(kubectl --context=production get deployment web -n shop -o jsonpath='{.status.readyReplicas}' 2>/dev/null)" = 1 ] || { echo "In production, namespace shop, there is no Deployment web that runs."; exit 1; }
kubectl --context=test get deployment web >/dev/null 2>&1 && { echo "The Deployment web is still in test."; exit 1; }
exit 0
