[ "$(kubectl get deployment cart -o jsonpath='{.status.readyReplicas}' 2>/dev/null)" = 1 ] || { echo "cart has no ready Pod yet."; exit 1; }
[ -n "$(kubectl get deployment cart -o jsonpath='{.spec.template.spec.containers[0].livenessProbe}')" ] || { echo "The probe is gone. It was wrong, not useless: let it ask at the right door."; exit 1; }
[ "$(kubectl get deployment cart -o jsonpath='{.spec.template.spec.containers[0].livenessProbe.httpGet.port}')" = 80 ] || { echo "The liveness probe still asks at a port where nobody listens."; exit 1; }
