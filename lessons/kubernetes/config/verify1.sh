[ "$(kubectl get secret shop -o jsonpath='{.data.PASSWORD}' 2>/dev/null | base64 -d)" = s3cret ] || { echo "There is no Secret shop whose PASSWORD is s3cret."; exit 1; }
[ "$(kubectl get pod shop -o jsonpath='{.status.phase}')" = Running ] || { echo "The Pod shop does not run yet."; exit 1; }
