[ "$(kubectl --context=anna auth can-i create deployments 2>/dev/null)" = yes ] || { echo "anna may not make Deployments in default yet."; exit 1; }
[ -z "$(kubectl get rolebinding developers -o jsonpath='{.subjects[?(@.kind=="User")].name}')" ] || { echo "The binding names a user: bind the group developers."; exit 1; }
